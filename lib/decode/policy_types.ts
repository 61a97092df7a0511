// This module is pure.
import { type Direction, directions } from "../model/network_policy.ts";
import type { Fields, Place } from "./fields.ts";

const directionOf: ReadonlyMap<unknown, Direction> = new Map([
  ["Ingress", "ingress"],
  ["Egress", "egress"],
]);

/**
 * The directions that a policy's spec isolates. Where `policyTypes` is not understood, which is
 * reported, these are both: nothing stays open that the policy may have meant to close.
 */
export function decodePolicyTypes(spec: Fields, { field, report }: Place): readonly Direction[] {
  const types = spec.policyTypes ?? [];
  if (!Array.isArray(types)) {
    report.add(field, types, "a list of Ingress and Egress");
    return directions;
  }
  if (types.length === 0) return defaultTypes(spec.egress ?? []);
  if (types.length > 2) report.add(field, types, "at most two entries"); // NP-62, even if repeated
  const named = types.map((type, i) => {
    const direction = directionOf.get(type);
    if (direction === undefined) report.add(`${field}[${i}]`, type, "Ingress or Egress");
    return direction;
  });
  if (named.includes(undefined)) return directions;
  return directions.filter((direction) => named.includes(direction)); // NP-3: duplicates collapse
}

/** Always ingress, and egress only where there is a rule for it (NP-4). */
function defaultTypes(egress: unknown): readonly Direction[] {
  const none = Array.isArray(egress) && egress.length === 0;
  return none ? ["ingress"] : directions;
}
