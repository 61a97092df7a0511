// This module is pure.
import { familyOf, type IpAddress } from "../model/address.ts";
import { isInRanges } from "../model/address_range.ts";
import { addressValue } from "../model/address_value.ts";
import type { ClusterState } from "../model/cluster.ts";
import type { PodRange } from "../model/node_policy.ts";

/** The node's pod range, and who is known in it; undefined where unknown pods are let be. */
export function podRangeOf(state: ClusterState): PodRange | undefined {
  const { podBlocks: blocks, owners, departed } = state;
  if (blocks.length === 0) return undefined;
  const known = [...owners.keys(), ...departed.keys()].filter((ip) => isKnownIn(ip, state));
  return { blocks, known: known.sort() };
}

/** Whether an address lies in the node's pod range and is a pod's, or was until moments ago. */
export function isKnownIn(
  address: IpAddress,
  { podBlocks, owners, departed }: Pick<ClusterState, "podBlocks" | "owners" | "departed">,
): boolean {
  if (!owners.has(address) && !departed.has(address)) return false;
  return isInRanges({ family: familyOf(address), value: addressValue(address) }, podBlocks);
}
