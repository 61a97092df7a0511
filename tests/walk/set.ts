import { familyOf } from "../../lib/model/address.ts";
import type { Family, IpAddress } from "../../lib/model/address.ts";
import { bitsOf } from "../../lib/model/address_range.ts";
import { addressValue, formatAddressValue } from "../../lib/model/address_value.ts";
import type { SetType } from "../../lib/model/nft_set.ts";

/** One part of a set's key. */
export type Component = "ip" | "ip6" | "port" | "nfproto" | "ifname" | "connection";

/** A set as the kernel holds it. */
export interface LoadedSet {
  readonly components: readonly Component[];
  /** Takes the key's parts in order: addresses in canonical text, ports in decimal. */
  has(key: readonly string[]): boolean;
}

const componentsOf: Readonly<Record<SetType, readonly Component[]>> = {
  "ip saddr": ["ip"],
  "ip6 saddr": ["ip6"],
  "ip saddr . meta nfproto": ["ip", "nfproto"],
  "ip6 saddr . meta nfproto": ["ip6", "nfproto"],
  "ip saddr . ip saddr": ["ip", "ip"],
  "ip6 saddr . ip6 saddr": ["ip6", "ip6"],
  "ip saddr . th dport": ["ip", "port"],
  "ip6 saddr . th dport": ["ip6", "port"],
  "th dport": ["port"],
  "iifname": ["ifname"],
  "ip saddr . iifname": ["ip", "ifname"],
  "ip6 saddr . iifname": ["ip6", "ifname"],
  "ct id": ["connection"],
};

/** The parts of a set's key; throws on a type that is not known. */
export function typeComponents(type: SetType): readonly Component[] {
  const components = componentsOf[type];
  if (components === undefined) throw new Error(`Cannot load set: type "${type}" is not known`);
  return components;
}

/** Loads a hash set: whole keys only. */
export function loadHashSet(type: SetType, elements: Iterable<string>): LoadedSet {
  const components = typeComponents(type);
  const keys = new Set<string>();
  for (const element of elements) {
    checkKey(components, element);
    if (keys.has(element)) throw new Error(`Cannot load set: element "${element}" is there twice`);
    keys.add(element);
  }
  return { components, has: (key) => keys.has(key.join(" . ")) };
}

/**
 * Loads an interval set, in which the first part of a key may be one; like the kernel it refuses
 * overlaps.
 */
export function loadIntervalSet(type: SetType, elements: Iterable<string>): LoadedSet {
  const components = typeComponents(type);
  const [component] = components;
  if (
    component === undefined || component === "nfproto" || component === "ifname" ||
    component === "connection"
  ) {
    throw new Error(`Cannot load interval set: type "${type}" is not known to have intervals`);
  }
  const intervals = new Map<string, Interval[]>();
  for (const element of elements) {
    const [range = "", ...rest] = partsOf(components, element);
    const beside = intervals.getOrInsertComputed(rest.join(" . "), () => []);
    beside.push(parseInterval(component, range));
  }
  for (const beside of intervals.values()) checkDisjoint(beside);
  return {
    components,
    has: ([part, ...rest]) => {
      const value = valueOf(component, part ?? "");
      const beside = intervals.get(rest.join(" . ")) ?? [];
      return beside.some(({ first, last }) => first <= value && value <= last);
    },
  };
}

function checkDisjoint(intervals: Interval[]): void {
  intervals.sort((a, b) => a.first < b.first ? -1 : a.first > b.first ? 1 : 0);
  for (const [index, { first }] of intervals.entries()) {
    const previous = intervals[index - 1];
    if (previous !== undefined && first <= previous.last) {
      throw new Error(`Cannot load interval set: elements overlap at ${first}`);
    }
  }
}

/** The ports of an anonymous expression: `80`, `8000-8080`. */
export function loadPorts(text: string): LoadedSet {
  return loadIntervalSet("th dport", [text]);
}

function checkKey(components: readonly Component[], element: string): void {
  for (const [index, part] of partsOf(components, element).entries()) {
    checkPart(components[index]!, part);
  }
}

/** The parts of an element; those behind the first are values, whatever that is. */
function partsOf(components: readonly Component[], element: string): readonly string[] {
  const parts = element.split(" . ");
  if (parts.length !== components.length) {
    throw new Error(`Cannot load set: element "${element}" is not of ${components.join(" . ")}`);
  }
  for (const [index, part] of parts.entries()) {
    if (index > 0) checkPart(components[index]!, part);
  }
  return parts;
}

function checkPart(component: Component, text: string): void {
  if (component !== "ifname") return void valueOf(component, text);
  if (/^"[A-Za-z0-9_.-]{1,15}"$/.test(text)) return;
  throw new Error(`Cannot load set: ${text} is no interface's name`);
}

interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

function parseInterval(component: "ip" | "ip6" | "port", text: string): Interval {
  const [start, length, ...rest] = text.split("/");
  if (length !== undefined && rest.length === 0 && component !== "port") {
    return parsePrefix(component, start ?? "", length);
  }
  const [from, to, ...more] = text.split("-");
  const first = valueOf(component, from ?? "");
  if (to === undefined) return { first, last: first };
  const last = valueOf(component, to);
  // nft prints a range of one as a single element, so a rendered one would always differ.
  if (more.length > 0 || last <= first) throw new Error(`Cannot load set: "${text}" is no range`);
  return { first, last };
}

function parsePrefix(component: "ip" | "ip6", start: string, length: string): Interval {
  const bits = bitsOf(component === "ip" ? "IPv4" : "IPv6");
  const first = valueOf(component, start);
  const size = /^\d+$/.test(length) && Number(length) < bits
    ? 1n << BigInt(bits - Number(length))
    : undefined;
  if (size === undefined || first % size !== 0n) {
    throw new Error(`Cannot load set: "${start}/${length}" is no prefix`);
  }
  return { first, last: first + size - 1n };
}

/** The number that a part stands for; throws on any text that nft would print otherwise. */
function valueOf(component: Exclude<Component, "ifname">, text: string): bigint {
  if (component === "port") {
    if (!/^[1-9]\d*$/.test(text) || Number(text) > 65535) {
      throw new Error(`Cannot load set: "${text}" is no port`);
    }
    return BigInt(text);
  }
  if (component === "nfproto") {
    if (text === "ipv4") return 4n;
    if (text === "ipv6") return 6n;
    throw new Error(`Cannot load set: "${text}" is no family`);
  }
  const family: Family = component === "ip" ? "IPv4" : "IPv6";
  const address = text as IpAddress;
  if (!/^[0-9a-f.:]+$/.test(text) || familyOf(address) !== family) {
    throw new Error(`Cannot load set: "${text}" is no ${family} address`);
  }
  const value = addressValue(address);
  if (formatAddressValue(family, value) !== text) {
    throw new Error(`Cannot load set: "${text}" is not as nft prints it`);
  }
  return value;
}
