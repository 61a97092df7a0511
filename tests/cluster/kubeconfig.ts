// This module is pure.
import { stringify } from "yaml";

/** What a kubeconfig says of its user: files, or what would be in them. */
export type KubeconfigUser =
  | { readonly tokenFile: string }
  | { readonly certificate: string; readonly key: string };

/** Prints a kubeconfig with one cluster and one user. */
export function formatKubeconfig(
  server: string,
  authorityFile: string,
  user: KubeconfigUser,
): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: "test", cluster: { server, "certificate-authority": authorityFile } }],
    users: [{ name: "test", user: userFields(user) }],
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    "current-context": "test",
  });
}

function userFields(user: KubeconfigUser): Readonly<Record<string, string>> {
  if ("tokenFile" in user) return { tokenFile: user.tokenFile };
  return {
    "client-certificate-data": btoa(user.certificate),
    "client-key-data": btoa(user.key),
  };
}
