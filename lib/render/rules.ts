// This module is pure.
import type { CtState, Jump, Match, Rule, Verdict } from "../model/nft_rule.ts";
import type { Chain, Hook } from "../model/ruleset.ts";

/** The verdict that ends a chain's evaluation in favour of the packet. */
export const accept: Verdict = { kind: "accept" };

/** Neighbour discovery, in nft's order: types 133 to 137. */
export const neighbourDiscovery = [
  "nd-router-solicit",
  "nd-router-advert",
  "nd-neighbor-solicit",
  "nd-neighbor-advert",
  "nd-redirect",
];

/** What a node must hear from its pods to be their router. */
export const toRouter = ["nd-router-solicit", "nd-neighbor-solicit", "nd-neighbor-advert"];

/** Who wants to hear which multicast group: a link's own affair, with a hop limit of 1. */
export const listenerDiscovery = [
  "mld-listener-query",
  "mld-listener-report",
  "mld-listener-done",
  "mld2-listener-report",
];

/** A rule without a counter. */
export function rule(matches: readonly Match[], verdict: Verdict | Jump): Rule {
  return { matches, counter: false, verdict, comment: undefined };
}

/** A rule that counts what it drops. */
export function counted(matches: readonly Match[]): Rule {
  return { matches, counter: true, verdict: { kind: "drop" }, comment: undefined };
}

/** A rule that sends packets to where a map says. */
export function vmap(
  matches: readonly Match[],
  key: Extract<Verdict, { kind: "vmap" }>["key"],
  map: string,
): Rule {
  return rule(matches, { kind: "vmap", key, map });
}

/** A chain that sees only what others send it. */
export function chain(name: string, rules: readonly Rule[], comment?: string): Chain {
  return { name, hook: undefined, comment, rules };
}

/** A base chain, named by its hook. */
export function base(hook: Hook, rules: readonly Rule[]): Chain {
  return { name: hook.hook, hook, comment: undefined, rules };
}

/** Any of some states. */
export function state(...states: CtState[]): Match {
  return { kind: "ct state", states };
}

/** What neighbours say to each other has come through no router, and says so. */
export function genuine(hoplimit: number, types: readonly string[]): readonly Match[] {
  return [{ kind: "hoplimit", value: hoplimit }, { kind: "icmpv6 type", types }];
}

/** A packet that came in by an interface that is guarded. */
export const fromGuarded: Match = { kind: "address", keys: ["iifname"], set: "guarded" };

/** Where a link-local address may stand. */
export type LinkLocalKey = "ip6 saddr" | "ct original ip6 saddr" | "ct reply ip6 saddr";

/** A link-local address. */
export function linkLocal(key: LinkLocalKey): Match {
  return prefix(key, "fe80::/10");
}

/** Any other IPv6 address than a link-local one. */
export function notLinkLocal(key: LinkLocalKey): Match {
  return { ...prefix(key, "fe80::/10"), isOther: true };
}

/** An address, or one of a block. */
export function prefix(
  key: LinkLocalKey | "ip saddr" | "ip daddr",
  prefix: string,
): Extract<Match, { kind: "prefix" }> {
  return { kind: "prefix", key, prefix, isOther: false };
}
