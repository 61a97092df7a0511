// This module is pure.
import type { ClusterState } from "../model/cluster.ts";
import type { Action } from "../model/cluster_network_policy.ts";
import { type LabelSelector, selects } from "../model/labels.ts";
import { maySelectNamespace } from "../model/namespace_name.ts";

/** Whether something is so; of a namespace that is not known (yet) nobody knows the labels. */
export type Certainty = "no" | "maybe" | "yes";

const order: readonly Certainty[] = ["no", "maybe", "yes"];

/** How sure it is that two things are both so. */
export function both(a: Certainty, b: Certainty): Certainty {
  return order.indexOf(a) < order.indexOf(b) ? a : b;
}

/** How sure it is that some of these are so. */
export function some(certainties: readonly Certainty[]): Certainty {
  return order.findLast((certainty) => certainties.includes(certainty)) ?? "no";
}

/** How sure it is that a selector selects the namespace of that name. */
export function namespaceCertainty(
  selector: LabelSelector,
  name: string,
  state: ClusterState,
): Certainty {
  const namespace = state.namespaces.get(name);
  if (namespace !== undefined) return selects(selector, namespace.labels) ? "yes" : "no";
  return maySelectNamespace(selector, name) ? "maybe" : "no";
}

/**
 * What a rule does that matches as surely as this; undefined: nothing. What is not sure fails
 * closed, as CNP-22 has it: an Accept does not match, a Deny does, and a Pass denies, as either to
 * hand the flow on or not to could end in an Accept that is not meant.
 */
export function effectOf(action: Action, certainty: Certainty): Action | undefined {
  if (certainty === "yes") return action;
  return certainty === "no" || action === "Accept" ? undefined : "Deny";
}
