// This module is pure.
import type { TierProtocol } from "../model/cluster_network_policy.ts";
import { hasOnly, isFields, type Place } from "./fields.ts";
import { decodeProtocol } from "./protocol.ts";
import { decodePortName, decodePortNumber, decodePortRange } from "./tier_port.ts";
import { readMember } from "./tier_union.ts";

const members = ["portNumber", "portRange", "namedPort"] as const;

/** What stands in `portNumber` and `portRange`; without `protocol` they are about TCP. */
const fieldsOf = {
  portNumber: ["protocol", "port"],
  portRange: ["protocol", "start", "end"],
} as const;

/**
 * Decodes one entry of `ports` of the v1alpha1 kinds. Undefined, and reported, where it is not
 * understood.
 */
export function decodeAdminPort(
  entry: unknown,
  { field, report }: Place,
): TierProtocol | undefined {
  const member = readMember(entry, members, { field, report });
  if (member === undefined) return undefined;
  const { name, value } = member;
  const at = { field: `${field}.${name}`, report };
  if (name === "namedPort") return decodePortName(value, at);
  if (!isFields(value)) {
    report.add(at.field, value, "an object");
    return undefined;
  }
  if (!hasOnly(value, fieldsOf[name], at)) return undefined;
  const protocol = decodeProtocol(value.protocol, { field: `${at.field}.protocol`, report });
  const range = name === "portNumber"
    ? decodePortNumber(value.port, { field: `${at.field}.port`, report })
    : decodePortRange(value, at);
  return protocol && range && { kind: "range", protocol, range };
}
