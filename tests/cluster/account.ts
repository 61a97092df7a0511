import type { ApiClient } from "./api_client.ts";

const NAMESPACE = "/api/v1/namespaces/kube-system";
/** The service account that `deploy/rbac.yaml` makes. */
const NAME = "hedgerow";

/** What the API server calls the agents. */
export const agentUser = `system:serviceaccount:kube-system:${NAME}`;

/** A token of a service account, and what it is bound to. */
export interface BoundToken {
  readonly token: string;
  /** Deleting this secret ends the token, as deleting its pod ends a pod's. */
  readonly secret: string;
}

/** The service account of agents, and a file with its token, as kubelets keep them in pods. */
export class Account {
  /** The path of the file. */
  readonly tokenFile: string;
  readonly #admin: ApiClient;
  #current: BoundToken;

  private constructor(admin: ApiClient, tokenFile: string, first: BoundToken) {
    this.#admin = admin;
    this.tokenFile = tokenFile;
    this.#current = first;
  }

  /** Writes a first token; the service account must be there. */
  static async create(admin: ApiClient, folder: string): Promise<Account> {
    const account = new Account(admin, `${folder}/token`, await requestToken(admin, NAME));
    await account.#write();
    return account;
  }

  /** The token in the file. */
  get current(): BoundToken {
    return this.#current;
  }

  /** Puts a new token into the file, in one step; gives the one before. */
  async replace(): Promise<BoundToken> {
    const before = this.#current;
    this.#current = await requestToken(this.#admin, NAME);
    await this.#write();
    return before;
  }

  /** Ends a token. The API server may remember for some seconds that it was good. */
  async revoke({ secret }: BoundToken): Promise<void> {
    await this.#admin.delete(`${NAMESPACE}/secrets/${secret}`);
  }

  async #write(): Promise<void> {
    await Deno.writeTextFile(`${this.tokenFile}.new`, this.#current.token, { mode: 0o600 });
    await Deno.rename(`${this.tokenFile}.new`, this.tokenFile);
  }
}

/** Asks the API server for a token of a service account in kube-system. */
export async function requestToken(admin: ApiClient, account: string): Promise<BoundToken> {
  const secret = `token-${crypto.randomUUID()}`;
  const { metadata } = await admin.create(`${NAMESPACE}/secrets`, {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: secret },
  });
  const answer = await admin.create(`${NAMESPACE}/serviceaccounts/${account}/token`, {
    apiVersion: "authentication.k8s.io/v1",
    kind: "TokenRequest",
    metadata: { name: account },
    spec: {
      expirationSeconds: 3600,
      boundObjectRef: { apiVersion: "v1", kind: "Secret", name: secret, uid: metadata.uid },
    },
  });
  const { token } = answer.status as { readonly token: string };
  return { token, secret };
}
