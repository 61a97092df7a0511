// This module is pure.
import type { ClusterNetworkPolicy } from "./cluster_network_policy.ts";

/** kind -> what `kubectl` calls it for short. */
const shortNames: ReadonlyMap<string, string> = new Map([
  ["ClusterNetworkPolicy", "cnp"],
  ["AdminNetworkPolicy", "anp"],
  ["BaselineAdminNetworkPolicy", "banp"],
]);

/** Prints a policy's name as `cnp:deny-all`: no namespace has a colon in its name. */
export function policyName({ kind, name }: Pick<ClusterNetworkPolicy, "kind" | "name">): string {
  return `${shortNames.get(kind) ?? kind}:${name}`;
}
