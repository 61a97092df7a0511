// This module is pure.
import type { ClusterState, Node, Pod } from "../model/cluster.ts";
import { formatSelector, type Labels, type LabelSelector, selects } from "../model/labels.ts";
import { maySelectNamespace } from "../model/namespace_name.ts";
import type { PodPeer } from "../model/network_policy.ts";
import { compareText } from "../model/object_key.ts";

/** What one peer of a policy selects, told apart from the policy that it stands in. */
export type Selection = PodSelection | NodeSelection;

/** Pods by the namespaces that they are in and by their labels. */
export interface PodSelection {
  /** Tells it from a `NodeSelection`. */
  readonly kind: "pods";
  /** The one namespace (NP-13), or a selector over all of them (NP-14). */
  readonly namespaces: string | LabelSelector;
  /** Over the pods of those namespaces (NP-15). */
  readonly podSelector: LabelSelector;
  /** True: of namespaces that are not known and that the selector may select, and of no others. */
  readonly inDoubt: boolean;
  /** What it says, printed: equal selections have equal keys. */
  readonly key: string;
}

/** Nodes by their labels (CNP-12). */
export interface NodeSelection {
  /** Tells it from a `PodSelection`. */
  readonly kind: "nodes";
  /** Empty: every node. */
  readonly nodeSelector: LabelSelector;
  /** What it says, printed: equal selections have equal keys. */
  readonly key: string;
}

/** The pods that a NetworkPolicy's peer selects; a lone podSelector stays at home (NP-13). */
export function selectionOf(peer: PodPeer, policyNamespace: string): PodSelection {
  return podSelection(peer.namespaceSelector ?? policyNamespace, peer.podSelector);
}

/** Pods of one namespace, or of all that a selector selects. */
export function podSelection(
  namespaces: string | LabelSelector,
  podSelector: LabelSelector,
): PodSelection {
  const where = typeof namespaces === "string" ? namespaces : `[${formatSelector(namespaces)}]`;
  const key = `${where}:${formatSelector(podSelector)}`;
  return { kind: "pods", namespaces, podSelector, inDoubt: false, key };
}

/** Pods that a selection may select, as nobody knows their namespaces' labels (CNP-22). */
export function doubtful(selection: PodSelection): PodSelection {
  return { ...selection, inDoubt: true, key: `?${selection.key}` };
}

/** Nodes that a selector selects; no namespace has a name like its key. */
export function nodeSelection(nodeSelector: LabelSelector): NodeSelection {
  return { kind: "nodes", nodeSelector, key: `node[${formatSelector(nodeSelector)}]` };
}

/** What selections look at in a pod. */
export type Selectable = Pick<Pod, "namespace" | "labels">;

/** Tells whether a selection selects a pod that owns an address: both selectors must (NP-15). */
export function isPodSelected(
  pod: Selectable,
  selection: Selection,
  state: ClusterState,
): boolean {
  if (selection.kind !== "pods") return false;
  const labels = state.namespaces.get(pod.namespace)?.labels;
  return isNamespaceSelected({ name: pod.namespace, labels }, selection) &&
    selects(selection.podSelector, pod.labels);
}

/** Tells whether a selection selects a node. */
export function isNodeSelected(node: Node, selection: Selection): boolean {
  return selection.kind === "nodes" && selects(selection.nodeSelector, node.labels);
}

/** What selections look at in a pod's namespace. */
export interface SelectableNamespace {
  /** What its pods call it. */
  readonly name: string;
  /** undefined while nobody knows the namespace. */
  readonly labels: Labels | undefined;
}

/** Tells whether a selection is about the pods of a namespace. */
export function isNamespaceSelected(
  { name, labels }: SelectableNamespace,
  { namespaces, inDoubt }: Pick<PodSelection, "namespaces" | "inDoubt">,
): boolean {
  if (typeof namespaces === "string") return name === namespaces;
  if (labels === undefined) return inDoubt && maySelectNamespace(namespaces, name);
  return !inDoubt && selects(namespaces, labels);
}

/** Sorts selections by key and leaves out those that stand there twice. */
export function uniqueSelections(selections: Iterable<Selection>): readonly Selection[] {
  const byKey = new Map([...selections].map((selection) => [selection.key, selection]));
  return [...byKey.values()].sort((a, b) => compareText(a.key, b.key));
}
