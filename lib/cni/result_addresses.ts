import { type Fields, isFields } from "../decode/fields.ts";
import { invalidField } from "./network_config.ts";

/**
 * The addresses that the pod was given, by the result of the plugins before ("ADD Success"). What
 * belongs to an interface of the host, outside of any sandbox, is not the pod's.
 *
 * @throws {CniError} 7, as nothing can be enforced for a pod without an address.
 */
export function readAddresses({ ips, interfaces }: Fields): readonly string[] {
  if (!Array.isArray(ips)) throw invalidField("prevResult.ips", ips, "a list of addresses");
  const addresses = ips.flatMap((entry: unknown, i) => {
    const field = `prevResult.ips[${i}]`;
    if (!isFields(entry)) throw invalidField(field, entry, "an object");
    if (isOfHost(entry.interface, interfaces)) return [];
    const { address } = entry;
    const [, ip] = typeof address === "string" ? /^([^/]+)\/\d+$/.exec(address) ?? [] : [];
    if (ip !== undefined) return [ip];
    throw invalidField(`${field}.address`, address, "an address with its prefix, as 10.1.0.5/24");
  });
  if (addresses.length > 0) return addresses;
  throw invalidField("prevResult.ips", ips, "an address of the pod's interface");
}

function isOfHost(index: unknown, interfaces: unknown): boolean {
  if (typeof index !== "number" || !Array.isArray(interfaces)) return false;
  const link: unknown = interfaces[index];
  return isFields(link) && (link.sandbox === undefined || link.sandbox === "");
}
