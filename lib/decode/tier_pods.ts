// This module is pure.
import type { TierPods } from "../model/cluster_network_policy.ts";
import { everything, type LabelSelector } from "../model/labels.ts";
import { hasOnly, isFields, isSet, type Place } from "./fields.ts";
import { decodeSelector } from "./selector.ts";

/** Every pod of the cluster, but for hostNetwork ones. */
export const everyPod: TierPods = {
  kind: "pods",
  namespaceSelector: everything,
  podSelector: everything,
};

/** Where pods are selected by namespace and pod. */
export interface PodsPlace extends Place {
  /** True where an absent `namespaceSelector` is an empty one. */
  readonly namespacesOptional: boolean;
}

/** Decodes `namespaces`: all pods of the namespaces that it selects (CNP-9). */
export function decodeNamespaces(value: unknown, place: Place): TierPods | undefined {
  const namespaceSelector = decodeSelector(value, place);
  return namespaceSelector && { kind: "pods", namespaceSelector, podSelector: everything };
}

/** Decodes `pods`: pods by namespace and by their own labels (CNP-9). */
export function decodePods(value: unknown, place: PodsPlace): TierPods | undefined {
  const { field, report, namespacesOptional } = place;
  if (!isFields(value)) {
    report.add(field, value, "an object with podSelector");
    return undefined;
  }
  const known = hasOnly(value, ["namespaceSelector", "podSelector"], place);
  const namespaceSelector = namespacesOptional && !isSet(value.namespaceSelector)
    ? everything
    : decodePresent(value.namespaceSelector, { field: `${field}.namespaceSelector`, report });
  const podSelector = decodePresent(value.podSelector, { field: `${field}.podSelector`, report });
  if (!known || namespaceSelector === undefined || podSelector === undefined) return undefined;
  return { kind: "pods", namespaceSelector, podSelector };
}

/** A selector that has to be there is not taken for one that selects everything. */
function decodePresent(value: unknown, place: Place): LabelSelector | undefined {
  if (isSet(value)) return decodeSelector(value, place);
  place.report.add(place.field, value, "a label selector ({} selects all)");
  return undefined;
}
