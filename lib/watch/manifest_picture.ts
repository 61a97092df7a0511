// This module is pure.
import { impliedNamespace } from "../decode/namespace.ts";
import type { Namespace } from "../model/cluster.ts";
import { compareText, keyOf } from "../model/object_key.ts";
import { formatPlace } from "./manifest_error.ts";
import type { ManifestObject, PlacedIssue, Records } from "./manifest_objects.ts";

/** The objects of each kind, of all files; namespaces also where they are only mentioned. */
export type RecordLists = { readonly [Kind in keyof Records]: readonly Records[Kind][] };

/** Everything that the files of a directory say. */
export interface Manifests extends RecordLists {
  /** What could not be understood, and objects that are there twice. */
  readonly issues: readonly PlacedIssue[];
}

/**
 * Puts the objects of all files together. Where two documents are about the same object the last
 * one counts, in the order of files and lines: as after `kubectl apply -f` of the directory.
 */
export function combineObjects(objects: readonly ManifestObject[]): Manifests {
  const ordered = [...objects].sort((a, b) => compareText(a.file, b.file) || a.line - b.line);
  const issues = ordered.flatMap((object) => object.issues);
  const pods = pick("pods", ordered, issues);
  const policies = pick("policies", ordered, issues);
  const namespaces = pick("namespaces", ordered, issues);
  const mentioned = [...pods, ...policies].map(({ namespace }) => namespace);
  return {
    pods,
    namespaces: withMentioned(namespaces, mentioned),
    nodes: pick("nodes", ordered, issues),
    policies,
    clusterNetworkPolicies: pick("clusterNetworkPolicies", ordered, issues),
    adminNetworkPolicies: pick("adminNetworkPolicies", ordered, issues),
    baselineAdminNetworkPolicies: pick("baselineAdminNetworkPolicies", ordered, issues),
    issues,
  };
}

const kindNames: { readonly [Kind in keyof Records]: string } = {
  pods: "Pod",
  namespaces: "Namespace",
  nodes: "Node",
  policies: "NetworkPolicy",
  clusterNetworkPolicies: "ClusterNetworkPolicy",
  adminNetworkPolicies: "AdminNetworkPolicy",
  baselineAdminNetworkPolicies: "BaselineAdminNetworkPolicy",
};

/** The records of one kind; adds an issue for each that there is another document for. */
function pick<Kind extends keyof Records>(
  kind: Kind,
  objects: readonly ManifestObject[],
  issues: PlacedIssue[],
): readonly Records[Kind][] {
  const picked = new Map<string, { record: Records[Kind]; from: ManifestObject }>();
  for (const from of objects) {
    const record: Records[Kind] | undefined = from.record[kind];
    if (record === undefined) continue;
    const key = keyOf(record);
    const other = picked.get(key)?.from;
    if (other !== undefined) issues.push(duplicate(`${kindNames[kind]} ${key}`, other, from));
    picked.set(key, { record, from });
  }
  return [...picked.values()].map(({ record }) => record);
}

function duplicate(object: string, other: ManifestObject, last: ManifestObject): PlacedIssue {
  const { file, line } = last;
  const found = `a second document for it (the first: ${
    formatPlace({ file: other.file, line: other.line })
  }); this one counts`;
  return { object, field: "", found, expected: "one document for each object", file, line };
}

function withMentioned(
  namespaces: readonly Namespace[],
  mentioned: readonly string[],
): readonly Namespace[] {
  const known = new Set(namespaces.map(({ name }) => name));
  const missing = [...new Set(mentioned)].filter((name) => !known.has(name)).sort(compareText);
  return [...namespaces, ...missing.map(impliedNamespace)];
}
