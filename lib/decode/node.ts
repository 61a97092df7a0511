// This module is pure.
import type { Node } from "../model/cluster.ts";
import type { Decoded } from "./decode.ts";
import { intern } from "./intern.ts";
import { decodeIdentity, decodeLabels } from "./metadata.ts";

/** Decodes a Node (v1). */
export function decodeNode(value: unknown): Decoded<Node> {
  const identity = decodeIdentity(value, { kind: "Node", namespaced: false });
  const { report } = identity;
  if (identity.name === undefined) return { object: undefined, issues: report.issues };
  const { name, uid, metadata } = identity;
  const labels = decodeLabels(metadata.labels, { field: "metadata.labels", report });
  return { object: { name: intern(name), uid, labels }, issues: report.issues };
}
