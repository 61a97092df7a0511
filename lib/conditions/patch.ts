// This module is pure.
import type { Condition } from "../model/condition.ts";
import { escapeUnits } from "../model/escape.ts";
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
  /** JSON that is YAML. */
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
    body: formatBody(body),
  };
}

/**
 * What is applied the server reads by a parser of YAML. Of what JSON leaves as it is, that refuses
 * some (U+007F to U+009F, U+FEFF, U+FFFE, U+FFFF), and takes some for the end of a line, which it
 * folds to a space (U+0085, U+2028, U+2029); escaped it understands them all.
 */
const misread = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

function formatBody(body: object): string {
  return JSON.stringify(body).replace(misread, escapeUnits);
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
