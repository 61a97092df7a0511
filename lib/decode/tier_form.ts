// This module is pure.
import type { Action, Tier, TierProtocol } from "../model/cluster_network_policy.ts";
import type { Place } from "./fields.ts";

/** The fields that peers are told apart by. */
export type PeerField = "namespaces" | "pods" | "nodes" | "networks" | "domainNames";

/** How a kind of policy writes what all kinds of the tiers say. */
export interface TierForm {
  /** As the API spells it. */
  readonly kind: string;
  /** The only name that an object may have; undefined where any will do. */
  readonly onlyName?: string;
  /** The tier of all its objects; undefined: `spec.tier` says it. */
  readonly tier?: Tier;
  /** The priority of all its objects; undefined: `spec.priority` says it. */
  readonly priority?: number;
  /** The fields of `spec` that it knows. */
  readonly specFields: readonly string[];
  /** What it writes -> what that is. */
  readonly actions: ReadonlyMap<string, Action>;
  /** The peers of egress rules; those of ingress are the same everywhere (CNP-11). */
  readonly egressPeers: readonly PeerField[];
  /** False where `pods` needs a `namespaceSelector`. */
  readonly namespacesOptional: boolean;
  /** The field of a rule that holds its protocols and ports. */
  readonly protocolsField: string;
  /** Decodes an entry of that field; undefined, and reported, where it is not understood. */
  readonly decodeProtocol: (entry: unknown, place: Place) => TierProtocol | undefined;
}
