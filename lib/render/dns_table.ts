// This module is pure.
import { type Family, familyOf, type IpAddress } from "../model/address.ts";
import type { HeldPaths } from "../model/held_paths.ts";
import type { ListedChain, ListedSet, Listing } from "../model/listing.ts";
import type { TableName } from "../model/table_name.ts";

/** Each family has a table of its own, as `dup` does not work in `inet`. */
export const dnsTables: Readonly<Record<Family, TableName>> = {
  IPv4: "ip hedgerow-dns",
  IPv6: "ip6 hedgerow-dns",
};

/** The set whose one element says that the agent is there; it ends by itself. */
export const aliveSet = "alive";

/** The element that says so, and how long it is believed. */
export const aliveElement = "udp";
const aliveFor = "3s";

/**
 * The table that takes DNS answers to the agent on their way to pods, while the agent is alive:
 *
 * 1. `forward`: an answer to a question that was asked is sent to the loopback instead;
 * 2. `output`: on its way there it is turned so that the agent's socket receives it as from the pod.
 *    It is whole yet, and may come in fragments; and in `prerouting` nobody would see it where the
 *    original crosses a bridge;
 * 3. `output`: what the agent sends back goes on to the pod as from the resolver, before conntrack
 *    sees it, which then knows it as the answer that it is;
 * 4. `input`: nothing else gets to the agent's ports, however it was addressed, or translated.
 */
export function dnsTable(held: HeldPaths, family: Family): Listing {
  const ip = family === "IPv4" ? "ip" : "ip6";
  const isOwn = (address: IpAddress): boolean => familyOf(address) === family;
  const clients = held.clients.filter(isOwn);
  const paths = held.paths.filter(({ resolver }) => isOwn(resolver));
  const resolvers = paths.map(({ resolver }) => resolver);
  const ports = paths.map(({ port }) => `${port}`);
  return {
    sets: new Map([
      [aliveSet, alive],
      ["clients", set(`${ip} saddr`, clients)],
      ["resolvers", set(`${ip} saddr`, resolvers)],
      ["ports", set("udp dport", ports)],
      ["port", map(`${ip} saddr : udp dport`, paths.map((p) => [p.resolver, `${p.port}`]))],
      ["resolver", map(`udp sport : ${ip} saddr`, paths.map((p) => [`${p.port}`, p.resolver]))],
    ]),
    chains: new Map([
      ["forward", chain("forward priority filter - 4", [forwardRule(ip)])],
      ["output", chain("output priority -301", [turnRule(ip), backRule(ip)])],
      ["input", chain("input priority filter - 4", ['iifname != "lo" udp dport @ports drop'])],
    ]),
  };
}

/** How that set is declared. */
export const alive: ListedSet = {
  kind: "set",
  declaration: [
    "typeof meta l4proto",
    "size 16",
    "flags dynamic,timeout",
    `timeout ${aliveFor}`,
    'comment "there while the agent is: answers go to it first"',
  ],
  elements: new Map(),
};

/**
 * A pod that asks without end must not keep the agent from its work: the rest goes on directly. In a
 * moment there are no more than a socket takes, as what it does not take is lost.
 */
const mostAnswers = "limit rate 1000/second burst 100 packets";

function forwardRule(ip: "ip" | "ip6"): string {
  const loopback = ip === "ip" ? "127.0.0.1" : "::1";
  return `ct direction reply udp sport 53 ${ip} saddr @resolvers ${ip} daddr @clients ` +
    `meta l4proto @${aliveSet} ${mostAnswers} dup to ${loopback} device "lo" drop`;
}

function turnRule(ip: "ip" | "ip6"): string {
  return `oifname "lo" ${ip} saddr @resolvers ${ip} daddr @clients udp sport 53 ` +
    `udp sport set udp dport udp dport set ${ip} saddr map @port ${ip} saddr set ${ip} daddr`;
}

function backRule(ip: "ip" | "ip6"): string {
  return `${ip} daddr @clients udp sport @ports ${ip} saddr set udp sport map @resolver ` +
    "udp sport set 53";
}

function set(type: string, keys: readonly string[]): ListedSet {
  const elements = new Map(keys.map((key) => [key, key]));
  return { kind: "set", declaration: [`typeof ${type}`], elements };
}

function map(type: string, entries: readonly (readonly [string, string])[]): ListedSet {
  const elements = new Map(entries.map(([key, value]) => [key, `${key} : ${value}`]));
  return { kind: "map", declaration: [`typeof ${type}`], elements };
}

function chain(hook: string, rules: readonly string[]): ListedChain {
  return { declaration: [`type filter hook ${hook}; policy accept;`], rules };
}
