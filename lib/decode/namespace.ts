// This module is pure.
import type { Namespace } from "../model/cluster.ts";
import { labelOf, type Labels } from "../model/labels.ts";
import { nameLabel } from "../model/namespace_name.ts";
import type { Decoded } from "./decode.ts";
import { intern } from "./intern.ts";
import { decodeIdentity, decodeLabels } from "./metadata.ts";

/** Decodes a Namespace (v1). Its name is among its labels whatever they say: the API sees to it. */
export function decodeNamespace(value: unknown): Decoded<Namespace> {
  const identity = decodeIdentity(value, { kind: "Namespace", namespaced: false });
  const { report } = identity;
  if (identity.name === undefined) return { object: undefined, issues: report.issues };
  const { name, uid, metadata } = identity;
  const labels = decodeLabels(metadata.labels, { field: "metadata.labels", report });
  const object = { name: intern(name), uid, labels: withName(labels, name) };
  return { object, issues: report.issues };
}

/** A namespace of which nothing is known but that objects are in it. */
export function impliedNamespace(name: string): Namespace {
  return { name, uid: "", labels: withName({}, name) };
}

function withName(labels: Labels, name: string): Labels {
  return labelOf(labels, nameLabel) === name ? labels : { ...labels, [nameLabel]: name };
}
