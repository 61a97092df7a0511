// This module is pure.
import { families, familyOf, type IpAddress } from "../model/address.ts";
import type { Match, Rule } from "../model/nft_rule.ts";
import { bare, type NftSet } from "../model/nft_set.ts";
import type { Guard } from "../model/node_policy.ts";
import type { Chain } from "../model/ruleset.ts";
import { nftFamily } from "./addresses.ts";
import { suffixOf } from "./names.ts";
import { chain, counted, prefix, rule } from "./rules.ts";

/** VXLAN, as it is registered and as Linux has it by default, and Geneve. */
const ports = ["4789", "6081", "8472"];

/** What a tunnel of a pod's to a node is dropped by; there where tunnels are denied. */
export function tunnelChains(): readonly Chain[] {
  const others: Match = {
    kind: "l4proto",
    protocols: ["icmp", "tcp", "udp", "ipv6-icmp", "sctp"],
    isOther: true,
  };
  return [
    chain("tunnelled", [counted([])]),
    chain("tunnels", [
      // Who listens to what is a link's own affair.
      rule([prefix("ip daddr", "224.0.0.0/4")], { kind: "return" }),
      rule([others], { kind: "goto", chain: "tunnelled" }),
      ...ports.map((port) =>
        rule([{ kind: "dport", protocol: "udp", ports: { ports: port } }], {
          ...{ kind: "goto", chain: "tunnelled" },
        })
      ),
    ]),
  ];
}

/** From pods to their own node, whichever of its addresses. */
export function tunnelsToNode(): Rule {
  return rule([fromPods], { kind: "jump", chain: "tunnels" });
}

/** From pods to other nodes. */
export function tunnelsToNodes(ip: "ip" | "ip6"): Rule {
  const toNodes: Match = {
    ...{ kind: "address", keys: [`${ip} daddr`] },
    set: `nodes${ip === "ip" ? "4" : "6"}`,
  };
  return rule([fromPods, toNodes], { kind: "jump", chain: "tunnels" });
}

const fromPods: Match = { kind: "address", keys: ["iifname"], set: "pod-links" };

/** By which interfaces pods' packets are routed, those of bridges among them, and all nodes. */
export function tunnelSets(
  ends: readonly IpAddress[] | undefined,
  guards: readonly Guard[],
): readonly NftSet[] {
  if (ends === undefined) return [];
  const links = guards.map(({ interfaceName, bridge }) => bridge === "" ? interfaceName : bridge);
  return [
    set("pod-links", "iifname", [...new Set(links)].map((name) => `"${name}"`)),
    ...families.map((family) =>
      set(
        `nodes${suffixOf(family)}`,
        `${nftFamily(family)} saddr`,
        ends.filter((end) => familyOf(end) === family),
      )
    ),
  ];
}

function set(name: string, type: NftSet["typeof"], keys: readonly string[]): NftSet {
  const elements = new Map(keys.map((key) => [key, bare]));
  return { name, typeof: type, keeping: "plain", comment: undefined, elements };
}
