// This module is pure.
import type { AddressRange } from "../model/address_range.ts";
import type { Action, TierPeer } from "../model/cluster_network_policy.ts";
import type { Direction } from "../model/network_policy.ts";
import { tryParseCidr } from "./cidr.ts";
import type { Place } from "./fields.ts";
import { decodeSelector } from "./selector.ts";
import { decodeDomainNames } from "./tier_domain_names.ts";
import type { TierForm } from "./tier_form.ts";
import { decodePods, podsFields } from "./tier_pods.ts";
import { decodeAll, readMember } from "./tier_union.ts";

/** Where a peer stands. */
export interface PeerPlace extends Place {
  /** How its kind of policy writes things. */
  readonly form: TierForm;
  /** On which side it is. */
  readonly direction: Direction;
  /** What its rule does. */
  readonly action: Action;
}

/** Decodes one entry of `from` or `to`; undefined, and reported, where it is not understood. */
export function decodeTierPeer(entry: unknown, place: PeerPlace): TierPeer | undefined {
  const { form, direction, action, report } = place;
  const member = readMember(
    entry,
    direction === "ingress" ? podsFields : form.egressPeers, // CNP-11
    place,
  );
  if (member === undefined) return undefined;
  const { name, value } = member;
  const at = { field: `${place.field}.${name}`, report };
  switch (name) {
    case "namespaces":
    case "pods":
      return decodePods({ name, value }, { ...at, namespacesOptional: form.namespacesOptional });
    case "nodes":
      return decodeNodes(value, at);
    case "networks":
      return decodeNetworks(value, at);
    case "domainNames":
      return decodeDomains(value, { ...at, action });
    default:
      return name satisfies never;
  }
}

/** CNP-12; an empty selector selects all nodes. */
function decodeNodes(value: unknown, place: Place): TierPeer | undefined {
  const nodeSelector = decodeSelector(value, place);
  return nodeSelector && { kind: "nodes", nodeSelector };
}

/** CNP-13. */
function decodeNetworks(value: unknown, place: Place): TierPeer | undefined {
  const ranges = decodeAll(value, decodeNetwork, place);
  return ranges && { kind: "networks", ranges };
}

function decodeNetwork(text: unknown, { field, report }: Place): AddressRange | undefined {
  const range = typeof text === "string" ? tryParseCidr(text) : undefined;
  if (range === undefined) report.add(field, text, "a CIDR block as 10.0.0.0/8 or fd00::/8");
  return range;
}

interface DomainsPlace extends Place {
  readonly action: Action;
}

/**
 * Names are of use with Accept alone (CNP-14): nobody can know all the addresses behind a name, so
 * a Deny or Pass would leave open those that it has not seen. The CRD takes them all the same, and
 * they are like peers that are not known.
 */
function decodeDomains(value: unknown, place: DomainsPlace): TierPeer | undefined {
  if (place.action !== "Accept") {
    place.report.add(place.field, value, "domainNames only in rules that accept");
    return undefined;
  }
  const names = decodeDomainNames(value, place);
  return names && { kind: "domainNames", names };
}
