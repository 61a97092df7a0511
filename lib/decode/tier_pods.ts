// This module is pure.
import type { TierPods } from "../model/cluster_network_policy.ts";
import { everything, type LabelSelector } from "../model/labels.ts";
import { hasOnly, isFields, isSet, type Place } from "./fields.ts";
import { decodeWidest } from "./selector.ts";
import type { Member } from "./tier_union.ts";

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

/** The fields by which pods are selected. */
export const podsFields = ["namespaces", "pods"] as const;

/** Decodes `namespaces` or `pods` (CNP-9); undefined, and reported, where it is not understood. */
export function decodePods(
  member: Member<typeof podsFields[number]>,
  place: PodsPlace,
): TierPods | undefined {
  const before = place.report.size;
  const widest = decodeWidestPods(member, place);
  return place.report.size === before ? widest : undefined;
}

/**
 * Decodes `namespaces`, all pods of the namespaces that it selects, or `pods`, by namespace and by
 * their own labels (CNP-9). What is not understood is reported, and rules no pod out.
 */
export function decodeWidestPods(
  { name, value }: Member<typeof podsFields[number]>,
  { field, report, namespacesOptional }: PodsPlace,
): TierPods {
  if (name === "namespaces") {
    const namespaceSelector = decodeWidest(value, { field, report });
    return { kind: "pods", namespaceSelector, podSelector: everything };
  }
  if (!isFields(value)) {
    report.add(field, value, "an object with podSelector");
    return everyPod;
  }
  hasOnly(value, ["namespaceSelector", "podSelector"], { field, report });
  const namespaceSelector = namespacesOptional && !isSet(value.namespaceSelector)
    ? everything
    : decodePresent(value.namespaceSelector, { field: `${field}.namespaceSelector`, report });
  const podSelector = decodePresent(value.podSelector, { field: `${field}.podSelector`, report });
  return { kind: "pods", namespaceSelector, podSelector };
}

/** That a selector is there which has to be is not taken for granted. */
function decodePresent(value: unknown, place: Place): LabelSelector {
  if (isSet(value)) return decodeWidest(value, place);
  place.report.add(place.field, value, "a label selector ({} selects all)");
  return everything;
}
