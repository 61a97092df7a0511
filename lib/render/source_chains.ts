// This module is pure.
import type { Match, Rule } from "../model/nft_rule.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import type { Chain } from "../model/ruleset.ts";
import {
  accept,
  base,
  chain,
  counted,
  fromGuarded,
  genuine,
  linkLocal,
  listenerDiscovery,
  prefix,
  rule,
  toRouter,
} from "./rules.ts";

/**
 * The chains that see to it that what leaves a pod comes from it. Where no interface is known no
 * packet comes to them: a base chain costs each, also where it has nothing to say.
 */
export function sourceChains(
  { checksSources }: Pick<NodePolicy, "checksSources">,
): readonly Chain[] {
  return [
    chain("spoofed", [counted([])]),
    chain("sources", sourcesRules(), "what leaves a pod must come from it"),
    ...(checksSources ? [prerouting()] : []),
  ];
}

/** Before connection tracking: what is dropped here leaves no trace there. */
function prerouting(): Chain {
  const hook = { hook: "prerouting", priority: "-310" } as const;
  return base(hook, [rule([fromGuarded], { kind: "goto", chain: "sources" })]);
}

/** From where a pod may send: the rest is what a host must say before it has its addresses. */
function sourcesRules(): readonly Rule[] {
  const unspecified = prefix("ip6 saddr", "::");
  return [
    ...(["ip", "ip6"] as const).map((ip) => rule([source(ip, "sources")], accept)),
    // No router passes it on; to the node it is judged by its interface.
    rule([linkLocal("ip6 saddr")], accept),
    rule([unspecified, ...genuine(255, toRouter)], accept),
    rule([unspecified, ...genuine(1, listenerDiscovery)], accept),
    rule([prefix("ip saddr", "0.0.0.0"), toDhcpServer], accept),
    ...(["ip", "ip6"] as const).map((ip) => rule([source(ip, "allowed")], accept)),
    rule([], { kind: "goto", chain: "spoofed" }),
  ];
}

const toDhcpServer: Match = { kind: "dport", protocol: "udp", ports: { ports: "67" } };

function source(family: "ip" | "ip6", set: "sources" | "allowed"): Match {
  const keys = [`${family} saddr`, "iifname"] as const;
  return { kind: "address", keys, set: `${set}${family === "ip" ? "4" : "6"}` };
}
