// This module is pure.
import type { AddressRange } from "../model/address_range.ts";
import type { Match, Rule } from "../model/nft_rule.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import type { Chain } from "../model/ruleset.ts";
import { interfaceMaps } from "./names.ts";
import { newcomerChains, toBegin, toTakeOver, toWatched } from "./newcomer_chains.ts";
import { forwardedInRange, podRangeChains, toNodeInRange } from "./pod_range.ts";
import {
  accept,
  base,
  chain,
  counted,
  fromGuarded,
  genuine,
  linkLocal,
  listenerDiscovery,
  neighbourDiscovery,
  notLinkLocal,
  rule,
  state,
  toRouter,
  vmap,
} from "./rules.ts";
import { sourceChains } from "./source_chains.ts";
import { tunnelChains, tunnelsToNode, tunnelsToNodes } from "./tunnel_chains.ts";

const families = ["ip", "ip6"] as const;

/** What base chains depend on: it changes seldom, or never. */
export type BaseTraits = Pick<NodePolicy, "podRange" | "watches" | "checksSources" | "tunnelEnds">;

/**
 * The chains that are no group's, in the order in which they refer to each other. Base chains are
 * made once and not deleted while an agent runs: with one goes whatever waits in any nfqueue.
 */
export function baseChains(traits: BaseTraits): readonly Chain[] {
  return [
    chain("deny-ingress", [counted([])]),
    chain("deny-egress", [counted([])]),
    ...newcomerChains(),
    ...podRangeChains(blocksOf(traits)),
    chain("related", relatedRules(), "an ICMP error may only be about the pod's own connection"),
    chain("untracked", untrackedRules(), "forwarded without a connection: judged by nobody else"),
    chain("untracked-input", untrackedInputRules(), "to the node without a connection"),
    chain("unusual", unusualRules(), "forwarded, of no connection or about another one"),
    ...(traits.tunnelEnds === undefined ? [] : tunnelChains()),
    chain("forward-ip6", forwardIp6Rules(traits)),
    ...sourceChains(traits),
    base({ hook: "forward", priority: "filter - 5" }, forwardRules(traits)),
    base({ hook: "input", priority: "110" }, inputRules(traits)),
    base({ hook: "output", priority: "110" }, outputRules(traits)),
  ];
}

function blocksOf({ podRange }: BaseTraits): readonly AddressRange[] {
  return podRange?.blocks ?? [];
}

/** NP-41: errors about a pod's own connection pass; about another's, they are forged. */
function relatedRules(): readonly Rule[] {
  return [
    ...families.flatMap((ip) =>
      (["original", "reply"] as const).map((end) =>
        rule([{
          kind: "address",
          keys: [`${ip} saddr`, `ct ${end} ${ip} saddr`],
          set: ip === "ip" ? "self4" : "self6",
        }], accept)
      )
    ),
    ...families.map((ip) => counted([policed(`${ip} saddr`)])),
    // From a link-local address: about what goes on between such addresses.
    counted([
      ...[linkLocal("ip6 saddr"), fromGuarded],
      ...[notLinkLocal("ct original ip6 saddr"), notLinkLocal("ct reply ip6 saddr")],
    ]),
    rule([], accept),
  ];
}

function untrackedRules(): readonly Rule[] {
  return families.flatMap((ip) => [
    counted([policed(`${ip} saddr`)]),
    counted([policed(`${ip} daddr`)]),
  ]);
}

/** Judged by the header, so that a policy that admits a node-local cache under notrack still does. */
function untrackedInputRules(): readonly Rule[] {
  return [
    vmap([], "ip saddr", "untracked-egress4"),
    vmap([], "ip6 saddr", "untracked-egress6"),
    vmap([linkLocal("ip6 saddr")], "iifname", interfaceMaps.untracked),
  ];
}

/** What is left, as a related connection that is no error, is judged like any other. */
function unusualRules(): readonly Rule[] {
  return [
    rule(relatedIcmp(), { kind: "goto", chain: "related" }),
    rule([state("invalid", "untracked")], { kind: "jump", chain: "untracked" }),
  ];
}

/** Each packet is asked as little as can be, as there is no cheaper way for any of them. */
function forwardRules(traits: BaseTraits): readonly Rule[] {
  return [
    rule([{ kind: "nfproto", family: "ipv6" }], { kind: "goto", chain: "forward-ip6" }),
    ...(traits.tunnelEnds === undefined ? [] : [tunnelsToNodes("ip")]),
    ...forwardedInRange(blocksOf(traits), "ip"),
    ...judgedRules("ip", traits),
  ];
}

function forwardIp6Rules(traits: BaseTraits): readonly Rule[] {
  return [
    // NP-40: routing has decremented the hop limit of what does not come from a neighbour
    rule(genuine(255, neighbourDiscovery), accept),
    ...(traits.tunnelEnds === undefined ? [] : [tunnelsToNodes("ip6")]),
    ...forwardedInRange(blocksOf(traits), "ip6"),
    ...judgedRules("ip6", traits),
  ];
}

function judgedRules(ip: "ip" | "ip6", { watches }: BaseTraits): readonly Rule[] {
  return [
    ...(watches ? [toWatched(ip)] : []),
    rule([state("invalid", "related", "untracked")], { kind: "jump", chain: "unusual" }),
    vmap([], `ct original ${ip} saddr`, ip === "ip" ? "egress4" : "egress6"),
    vmap([], `ct reply ${ip} saddr`, ip === "ip" ? "ingress4" : "ingress6"),
    ...(watches ? [toBegin(), toTakeOver(ip)] : []),
  ];
}

/** NP-47: a pod's traffic to its own node is judged as egress. */
function inputRules(traits: BaseTraits): readonly Rule[] {
  return [
    rule([{ kind: "iifname", name: "lo" }], accept),
    // NP-40: what is genuine has these hop limits, and the kernel takes nothing else for it
    rule(genuine(255, toRouter), accept),
    rule(genuine(1, listenerDiscovery), accept),
    ...(traits.tunnelEnds === undefined ? [] : [tunnelsToNode()]),
    ...toNodeInRange(blocksOf(traits)),
    // No map of addresses holds these, and every pod has one: the interface says whose it is.
    vmap(
      [linkLocal("ip6 saddr"), { kind: "ct direction", direction: "original" }],
      ...["iifname", interfaceMaps.egress] as const,
    ),
    rule(relatedIcmp(), { kind: "goto", chain: "related" }),
    rule([state("invalid", "untracked")], { kind: "goto", chain: "untracked-input" }),
    vmap([], "ct original ip saddr", "egress4"),
    vmap([], "ct original ip6 saddr", "egress6"),
    ...(traits.watches ? [toBegin(), ...families.map(toTakeOver)] : []),
  ];
}

/** NP-46: what the node opens itself is not judged; its replies to its pods are, as NP-47. */
function outputRules({ watches }: BaseTraits): readonly Rule[] {
  const reply: Match = { kind: "ct direction", direction: "reply" };
  return [
    // NP-41: the node's own word on an allowed connection, as "packet too big"; it carries no port
    rule(relatedIcmp(), accept),
    ...(watches ? families.map(toWatched) : []),
    vmap([reply], "ct original ip saddr", "egress4"),
    vmap([reply], "ct original ip6 saddr", "egress6"),
    vmap([reply, linkLocal("ct original ip6 saddr")], "oifname", interfaceMaps.egress),
    ...(watches ? [toBegin()] : []),
  ];
}

function relatedIcmp(): readonly Match[] {
  return [state("related"), { kind: "l4proto", protocols: ["icmp", "ipv6-icmp"] }];
}

function policed(key: "ip saddr" | "ip daddr" | "ip6 saddr" | "ip6 daddr"): Match {
  return { kind: "address", keys: [key], set: key.startsWith("ip6") ? "policed6" : "policed4" };
}
