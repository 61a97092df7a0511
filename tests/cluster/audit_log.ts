/** A request of an agent, as the API server has noted it down. */
export interface AuditedRequest {
  /** `list` or `watch`, if all is well. */
  readonly verb: string;
  /** `pods`, `networkpolicies`, … */
  readonly resource: string;
  readonly query: URLSearchParams;
  /** The status of the answer. */
  readonly status: number;
}

/** Tells the API server to note down what service accounts ask, at its first answer. */
export const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
  - level: Metadata
    userGroups: ["system:serviceaccounts"]
  - level: None
`;

interface AuditEvent {
  readonly auditID: string;
  readonly stage: string;
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource: string };
  readonly responseStatus?: { readonly code?: number };
}

/** Reads what a user has asked so far, in order; a watch counts from its first byte. */
export async function readAuditLog(path: string, user: string): Promise<readonly AuditedRequest[]> {
  const lines = (await Deno.readTextFile(path)).split("\n").slice(0, -1);
  const requests = new Map<string, AuditedRequest>();
  for (const line of lines) {
    const event = JSON.parse(line) as AuditEvent;
    if (event.user.username === user && !requests.has(event.auditID)) {
      requests.set(event.auditID, requestOf(event));
    }
  }
  return [...requests.values()];
}

function requestOf({ verb, requestURI, objectRef, responseStatus }: AuditEvent): AuditedRequest {
  return {
    verb,
    resource: objectRef?.resource ?? requestURI,
    query: new URL(requestURI, "https://server").searchParams,
    status: responseStatus?.code ?? 0,
  };
}
