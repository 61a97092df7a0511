// This module is pure.
import type { PortMatch } from "../model/node_policy.ts";
import { mergePorts, type PortRange, type Protocol, protocols } from "../model/port.ts";

/** Something that is about destination ports by number. */
export interface AboutPorts {
  /** Which ones. */
  readonly ports: PortMatch;
}

/** Ports that the same things are about. */
export interface PortClass<T> {
  /** No port is in two classes; those of a protocol, or of all, are what others leave. */
  readonly ports: PortMatch;
  /** In the order in which they were given; at least one. */
  readonly about: readonly T[];
}

/**
 * Parts all ports by which of some things are about them: single ports and ranges first, then the
 * rest of each protocol, then the rest of all. Who looks for a port in this order finds its class.
 */
export function portClasses<T extends AboutPorts>(things: readonly T[]): readonly PortClass<T>[] {
  const rests = [
    ...protocols.flatMap((protocol) => restOf(protocol, things)),
    ...restOfAll(things),
  ];
  return [...protocols.flatMap((protocol) => rangesOf(protocol, things)), ...rests];
}

function restOf<T extends AboutPorts>(
  protocol: Protocol,
  things: readonly T[],
): readonly PortClass<T>[] {
  const isWhole = ({ ports }: T): boolean =>
    ports.kind === "protocol" && ports.protocol === protocol && ports.ranges === undefined;
  if (!things.some(isWhole)) return [];
  const about = things.filter((thing) => thing.ports.kind === "all" || isWhole(thing));
  return [{ ports: { kind: "protocol", protocol, ranges: undefined }, about }];
}

function restOfAll<T extends AboutPorts>(things: readonly T[]): readonly PortClass<T>[] {
  const about = things.filter(({ ports }) => ports.kind === "all");
  return about.length === 0 ? [] : [{ ports: { kind: "all" }, about }];
}

/** The ranges of a protocol that are named, cut where any of them begins or ends. */
function rangesOf<T extends AboutPorts>(
  protocol: Protocol,
  things: readonly T[],
): readonly PortClass<T>[] {
  const own = things.filter(({ ports }) => ports.kind === "all" || ports.protocol === protocol);
  const named = own.flatMap(({ ports }) => ports.kind === "all" ? [] : ports.ranges ?? []);
  const cuts = [...new Set(named.flatMap(({ first, last }) => [first, last + 1]))]
    .sort((a, b) => a - b);
  const classes = new Map<string, { readonly ranges: PortRange[]; readonly about: readonly T[] }>();
  for (const [i, first] of cuts.entries()) {
    const next = cuts[i + 1];
    if (next === undefined || !named.some((range) => holds(range, first))) continue;
    const indices = own.flatMap((thing, i) => isAbout(thing, first) ? [i] : []);
    const known = classes.get(indices.join());
    if (known !== undefined) known.ranges.push({ first, last: next - 1 });
    else {
      const about = own.filter((_, i) => indices.includes(i));
      classes.set(indices.join(), { ranges: [{ first, last: next - 1 }], about });
    }
  }
  return [...classes.values()].map(({ ranges, about }) => ({
    ports: { kind: "protocol", protocol, ranges: mergePorts(ranges) },
    about,
  }));
}

function isAbout({ ports }: AboutPorts, port: number): boolean {
  return ports.kind === "all" || ports.ranges === undefined ||
    ports.ranges.some((range) => holds(range, port));
}

function holds({ first, last }: PortRange, port: number): boolean {
  return first <= port && port <= last;
}
