// This module is pure.
import type { Condition } from "../model/condition.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";
import {
  adminNetworkPolicies,
  baselineAdminNetworkPolicies,
  clusterNetworkPolicies,
} from "../watch/resources.ts";
import type { Want } from "./board.ts";

/** A request that applies conditions to the status of a policy. */
export interface Patch {
  /** With its query. */
  readonly path: string;
  /** JSON. */
  readonly body: string;
}

/** kind -> the path of its objects */
const paths: ReadonlyMap<string, string> = new Map([
  ["ClusterNetworkPolicy", clusterNetworkPolicies.path],
  ["AdminNetworkPolicy", adminNetworkPolicies.path],
  ["BaselineAdminNetworkPolicy", baselineAdminNetworkPolicies.path],
]);

const query = new URLSearchParams({ fieldManager: "hedgerow", force: "true" });

/**
 * What to send for a want. By server-side apply the conditions of others stay where they are. It
 * is for the version that we have seen: if another agent was faster, or the policy has changed,
 * the server refuses, and nothing is written twice.
 *
 * @param now RFC 3339, for conditions whose status changes.
 */
export function makePatch({ observed, conditions }: Want, now: string): Patch {
  const { policy: { kind, name }, version: resourceVersion } = observed;
  const path = paths.get(kind);
  if (path === undefined) throw new RangeError(`Cannot write the status of a ${kind}`);
  const body = {
    apiVersion: path.split("/").slice(2, -1).join("/"),
    kind,
    metadata: { name, resourceVersion },
    status: {
      conditions: conditions.map((condition) => ({
        ...condition,
        lastTransitionTime: transitionTime(condition, observed) ?? now,
      })),
    },
  };
  return {
    path: `${path}/${encodeURIComponent(name)}/status?${query}`,
    body: JSON.stringify(body),
  };
}

/** Since when the condition has had its status; undefined: it has not. */
function transitionTime(
  { type, status }: Condition,
  { conditions }: ObservedPolicy,
): string | undefined {
  const standing = conditions.find((condition) => condition.type === type);
  if (standing === undefined || standing.status !== status) return undefined;
  return standing.lastTransitionTime === "" ? undefined : standing.lastTransitionTime;
}
