// This module is pure.
import type { ClusterState, Pod } from "../model/cluster.ts";
import { formatSelector, type LabelSelector, selects } from "../model/labels.ts";
import type { PodPeer } from "../model/network_policy.ts";
import { compareText } from "../model/object_key.ts";

/** Pods that one peer of a policy selects, told apart from the policy that it stands in. */
export interface Selection {
  /** The one namespace (NP-13), or a selector over all of them (NP-14). */
  readonly namespaces: string | LabelSelector;
  /** Empty: every pod of the namespaces (NP-14). */
  readonly podSelector: LabelSelector;
  /** What it says, printed: equal selections have equal keys. */
  readonly key: string;
}

/** The pods that a peer selects; a lone podSelector stays in its policy's namespace (NP-13). */
export function selectionOf(peer: PodPeer, policyNamespace: string): Selection {
  const namespaces = peer.namespaceSelector ?? policyNamespace;
  const where = typeof namespaces === "string" ? namespaces : `[${formatSelector(namespaces)}]`;
  const key = `${where}:${formatSelector(peer.podSelector)}`;
  return { namespaces, podSelector: peer.podSelector, key };
}

/** Tells whether a selection selects a pod that owns an address: both selectors must (NP-15). */
export function isSelected(pod: Pod, selection: Selection, state: ClusterState): boolean {
  return isNamespaceSelected(pod.namespace, selection.namespaces, state) &&
    selects(selection.podSelector, pod.labels);
}

function isNamespaceSelected(
  namespace: string,
  namespaces: string | LabelSelector,
  state: ClusterState,
): boolean {
  if (typeof namespaces === "string") return namespace === namespaces;
  const labels = state.namespaces.get(namespace)?.labels;
  return labels !== undefined && selects(namespaces, labels);
}

/** Sorts selections by key and leaves out those that stand there twice. */
export function uniqueSelections(selections: Iterable<Selection>): readonly Selection[] {
  const byKey = new Map([...selections].map((selection) => [selection.key, selection]));
  return [...byKey.values()].sort((a, b) => compareText(a.key, b.key));
}
