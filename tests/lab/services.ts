// This module is pure.
import { families, type Family, familyOf, type IpAddress } from "../../lib/model/address.ts";
import type { Protocol } from "../../lib/model/port.ts";
import { plan } from "./topology.ts";

/** A service of the lab, one port of it: an address that nodes translate into backends' own. */
export interface Service {
  /** At most one of each family, from `plan.serviceRanges`. */
  readonly addresses: readonly IpAddress[];
  readonly protocol: Protocol;
  readonly port: number;
  /** One is chosen at random among those of the address's family; none: nobody answers. */
  readonly backends: readonly Backend[];
}

/** Where a service's connections go. */
export interface Backend {
  readonly address: IpAddress;
  readonly port: number;
}

/** The bit by which kube-proxy marks what is to be masqueraded. */
const MASQUERADE_MARK = "0x4000";

/**
 * The services as kube-proxy would have them, in a table of the lab's own for each family:
 * translated in prerouting (pods) and output (the node itself); a pod that reaches itself by a
 * service (hairpin) comes with its node's address.
 */
export function servicesScript(services: readonly Service[]): string {
  return families.map((family) => {
    const table = `${family === "IPv4" ? "ip" : "ip6"} lab-services`;
    const rules: string[] = [];
    const chains: string[] = [];
    services.forEach((service, index) => {
      const backends = service.backends.filter(({ address }) => familyOf(address) === family);
      backends.forEach((backend, number) => {
        chains.push(backendChain(`backend-${index}-${number}`, service.protocol, backend));
      });
      rules.push(...serviceRules(service, { family, index, count: backends.length }));
    });
    return `table ${table} {}\ndelete table ${table}\n${tableText(table, chains, rules)}`;
  }).join("\n");
}

/** Pods' traffic to outside leaves with their node's address, in both families. */
export function masqueradeScript(): string {
  return families.map((family, index) => {
    const word = family === "IPv4" ? "ip" : "ip6";
    const pods = plan.podRanges[index];
    const nodes = family === "IPv4" ? "172.30.0.0/24" : "fd30::/64";
    return `table ${word} lab-masquerade {
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    ${word} saddr ${pods} ${word} daddr != { ${pods}, ${nodes} } masquerade
  }
}`;
  }).join("\n");
}

function tableText(table: string, chains: readonly string[], rules: readonly string[]): string {
  return `table ${table} {
${chains.join("\n")}
  chain services {
${rules.map((rule) => `    ${rule}`).join("\n")}
  }
  chain prerouting {
    type nat hook prerouting priority dstnat; policy accept;
    jump services
  }
  chain output {
    type nat hook output priority -100; policy accept;
    jump services
  }
  chain postrouting {
    type nat hook postrouting priority srcnat; policy accept;
    meta mark and ${MASQUERADE_MARK} != 0 meta mark set meta mark xor ${MASQUERADE_MARK} masquerade
  }
}`;
}

function serviceRules(
  { addresses, protocol, port }: Service,
  { family, index, count }: {
    readonly family: Family;
    readonly index: number;
    readonly count: number;
  },
): readonly string[] {
  if (count === 0) return [];
  const word = family === "IPv4" ? "ip" : "ip6";
  const targets = Array.from({ length: count }, (_, n) => `${n} : goto backend-${index}-${n}`);
  const chosen = `numgen random mod ${count} vmap { ${targets.join(", ")} }`;
  return addresses.filter((address) => familyOf(address) === family).map((address) =>
    `${word} daddr ${address} ${protocol.toLowerCase()} dport ${port} ${chosen}`
  );
}

function backendChain(name: string, protocol: Protocol, { address, port }: Backend): string {
  const ipv6 = familyOf(address) === "IPv6";
  const [word, target] = ipv6 ? ["ip6", `[${address}]:${port}`] : ["ip", `${address}:${port}`];
  return `  chain ${name} {
    ${word} saddr ${address} meta mark set meta mark or ${MASQUERADE_MARK}
    meta l4proto ${protocol.toLowerCase()} dnat to ${target}
  }`;
}
