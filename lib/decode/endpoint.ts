// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Endpoint, EndpointName } from "../model/endpoint.ts";
import { tryParseAddress } from "./address.ts";
import type { Decoded } from "./decode.ts";
import { type Fields, type Place, readFields, readList, readString } from "./fields.ts";
import { Report } from "./report.ts";
import { isDnsSubdomain } from "./syntax.ts";

/** More addresses than any interface of a pod has. */
const mostAddresses = 16;

/** Decodes what the CNI plugin tells of an interface; nothing comes of one that is not in order. */
export function decodeEndpoint(value: unknown): Decoded<Endpoint> {
  const report = new Report("request");
  const fields = readFields(value, { field: "", report });
  const endpoint: Endpoint = {
    ...readName(fields, report),
    netns: readText(fields, "netns", { report, most: 4096 }),
    podNamespace: readObjectName(fields, "podNamespace", report),
    podName: readObjectName(fields, "podName", report),
    podUID: readString(fields.podUID, { field: "podUID", report }),
    ips: readAddresses(fields.ips, { field: "ips", report }),
    hostInterface: readInterface(fields, "hostInterface", report),
    bridge: readInterface(fields, "bridge", report),
  };
  return { object: report.size === 0 ? endpoint : undefined, issues: report.issues };
}

/** Decodes which interface is meant: all that has to be known of one that ends. */
export function decodeEndpointName(value: unknown): Decoded<EndpointName> {
  const report = new Report("request");
  const name = readName(readFields(value, { field: "", report }), report);
  return { object: report.size === 0 ? name : undefined, issues: report.issues };
}

function readName(fields: Fields, report: Report): EndpointName {
  return {
    containerID: readText(fields, "containerID", { report, most: 253 }),
    ifName: readText(fields, "ifName", { report, most: 15 }),
  };
}

function readText(
  fields: Fields,
  field: string,
  { report, most }: { readonly report: Report; readonly most: number },
): string {
  const value = fields[field];
  if (typeof value === "string" && value !== "" && value.length <= most) return value;
  report.add(field, value, `a text of at most ${most} characters`);
  return "";
}

/** Missing where an older plugin, or an older agent's file, tells nothing of it. */
function readInterface(fields: Fields, field: string, report: Report): string {
  const value = readString(fields[field], { field, report });
  // The kernel would take nearly anything; nft a `*` for all that begins alike.
  if (value === "" || /^[A-Za-z0-9_.-]{1,15}$/.test(value)) return value;
  report.add(field, value, "an interface's name of at most 15 of A-Z, a-z, 0-9, _, . and -");
  return "";
}

function readObjectName(fields: Fields, field: string, report: Report): string {
  const value = fields[field];
  if (typeof value === "string" && isDnsSubdomain(value)) return value;
  report.add(field, value, "a name of a-z, 0-9, - and .");
  return "";
}

function readAddresses(value: unknown, place: Place): readonly IpAddress[] {
  const { field, report } = place;
  const entries = readList(value, place);
  if (entries.length === 0 || entries.length > mostAddresses) {
    report.add(field, value, `1 to ${mostAddresses} addresses`);
    return [];
  }
  const addresses = entries.flatMap((entry, i) => {
    const address = typeof entry === "string" ? tryParseAddress(entry) : undefined;
    if (address === undefined) report.add(`${field}[${i}]`, entry, "an IPv4 or IPv6 address");
    return address ?? [];
  });
  return [...new Set(addresses)];
}
