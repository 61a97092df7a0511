// This module is pure.
import type { TierProtocol } from "../model/cluster_network_policy.ts";
import type { PortRange, Protocol } from "../model/port.ts";
import { hasOnly, isFields, type Place } from "./fields.ts";
import { decodePortName, decodePortNumber, decodePortRange } from "./tier_port.ts";
import { readMember } from "./tier_union.ts";

const protocolOf = { tcp: "TCP", udp: "UDP", sctp: "SCTP" } as const satisfies Record<
  string,
  Protocol
>;
const members = ["tcp", "udp", "sctp", "destinationNamedPort"] as const;

/**
 * Decodes one entry of `protocols` of a ClusterNetworkPolicy (CNP-15, CNP-16). Undefined, and
 * reported, where it is not understood. So is `tcp: {}`: the CRD refuses it, hence what is stored
 * without a port was written with something that only a newer CRD has.
 */
export function decodeTierProtocol(entry: unknown, place: Place): TierProtocol | undefined {
  const member = readMember(entry, members, place);
  if (member === undefined) return undefined;
  const { name, value } = member;
  const at = { field: `${place.field}.${name}`, report: place.report };
  if (name === "destinationNamedPort") return decodePortName(value, at);
  const range = decodeDestinationPort(value, at);
  return range && { kind: "range", protocol: protocolOf[name], range };
}

function decodeDestinationPort(value: unknown, { field, report }: Place): PortRange | undefined {
  const attribute = readMember(value, ["destinationPort"], { field, report });
  if (attribute === undefined) return undefined;
  const portField = `${field}.destinationPort`;
  const port = readMember(attribute.value, ["number", "range"], { field: portField, report });
  if (port === undefined) return undefined;
  const at = { field: `${portField}.${port.name}`, report };
  if (port.name === "number") return decodePortNumber(port.value, at);
  if (isFields(port.value)) {
    return hasOnly(port.value, ["start", "end"], at) ? decodePortRange(port.value, at) : undefined;
  }
  report.add(at.field, port.value, "an object with start and end");
  return undefined;
}
