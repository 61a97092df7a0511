// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Node } from "../model/cluster.ts";
import { compareText } from "../model/object_key.ts";
import { tryParseLegacyAddress } from "./address.ts";
import type { Decoded } from "./decode.ts";
import { type Fields, isFields, readFields, readList, readString } from "./fields.ts";
import { intern } from "./intern.ts";
import { decodeIdentity, decodeLabels } from "./metadata.ts";
import type { Report } from "./report.ts";

/** Decodes a Node (v1). */
export function decodeNode(value: unknown): Decoded<Node> {
  const identity = decodeIdentity(value, { kind: "Node", namespaced: false });
  const { report } = identity;
  if (identity.name === undefined || !isFields(value)) {
    return { object: undefined, issues: report.issues };
  }
  const { name, uid, metadata } = identity;
  const labels = decodeLabels(metadata.labels, { field: "metadata.labels", report });
  const status = readFields(value.status, { field: "status", report });
  const addresses = decodeAddresses(status, report);
  return { object: { name: intern(name), uid, labels, addresses }, issues: report.issues };
}

/** CNP-12: every IP address, whatever its type says; host names are none. */
function decodeAddresses(status: Fields, report: Report): readonly IpAddress[] {
  const addresses = new Set<IpAddress>();
  readList(status.addresses, { field: "status.addresses", report }).forEach((entry, i) => {
    const field = `status.addresses[${i}]`;
    const { address } = readFields(entry, { field, report });
    const parsed = tryParseLegacyAddress(
      readString(address, { field: `${field}.address`, report }),
    );
    if (parsed !== undefined) addresses.add(parsed);
  });
  return [...addresses].sort(compareText);
}
