// This module is pure.

/** What a kubeconfig says. */
export interface KubeconfigOptions {
  readonly server: string;
  /** In PEM: the authority behind the server's certificate. */
  readonly authority?: string | undefined;
  /** What the user has besides a name, as `{ token: "…" }`. */
  readonly user?: Readonly<Record<string, string>>;
}

/** A kubeconfig with one cluster and one user, in JSON, which is YAML, too. */
export function formatKubeconfig(
  { server, authority, user = {} }: KubeconfigOptions,
): string {
  const trust = authority === undefined ? {} : { "certificate-authority-data": btoa(authority) };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "lab", cluster: { server, ...trust } }],
    users: [{ name: "agent", user }],
    contexts: [{ name: "lab", context: { cluster: "lab", user: "agent" } }],
    "current-context": "lab",
  });
}
