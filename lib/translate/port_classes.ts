// This module is pure.
import type { PortMatch } from "../model/group.ts";
import { mergePorts, type PortRange, type Protocol, protocols } from "../model/port.ts";

/** Something, and the destination ports that it is about. */
interface AboutPorts<T> {
  readonly ports: PortMatch;
  readonly thing: T;
}

/** Ports that the same things are about. */
export interface PortClass<T> {
  /** No port is in two classes; those of a protocol, or of all, are what others leave. */
  readonly ports: PortMatch;
  /** What is about them, in the order in which it was given; at least one. */
  readonly about: readonly T[];
}

/**
 * Parts all ports by which of some things are about them: single ports and ranges first, then the
 * rest of each protocol, then the rest of all. Who looks for a port in this order finds its class.
 *
 * @param portsOf Which ports a thing is about, by number.
 */
export function portClasses<T>(
  things: readonly T[],
  portsOf: (thing: T) => PortMatch,
): readonly PortClass<T>[] {
  const list = things.map((thing) => ({ ports: portsOf(thing), thing }));
  const rests = [
    ...protocols.flatMap((protocol) => restOf(protocol, list)),
    ...restOfAll(list),
  ];
  return [...protocols.flatMap((protocol) => rangesOf(protocol, list)), ...rests];
}

function restOf<T>(protocol: Protocol, list: readonly AboutPorts<T>[]): readonly PortClass<T>[] {
  const isWhole = ({ ports }: AboutPorts<T>): boolean =>
    ports.kind === "protocol" && ports.protocol === protocol && ports.ranges === undefined;
  if (!list.some(isWhole)) return [];
  const about = list.filter((one) => one.ports.kind === "all" || isWhole(one));
  const ports: PortMatch = { kind: "protocol", protocol, ranges: undefined };
  return [{ ports, about: about.map(thingOf) }];
}

function restOfAll<T>(list: readonly AboutPorts<T>[]): readonly PortClass<T>[] {
  const about = list.filter(({ ports }) => ports.kind === "all");
  return about.length === 0 ? [] : [{ ports: { kind: "all" }, about: about.map(thingOf) }];
}

function thingOf<T>({ thing }: AboutPorts<T>): T {
  return thing;
}

/** The ranges of a protocol that are named, cut where any of them begins or ends. */
function rangesOf<T>(
  protocol: Protocol,
  list: readonly AboutPorts<T>[],
): readonly PortClass<T>[] {
  const own = list.filter(({ ports }) => ports.kind === "all" || ports.protocol === protocol);
  const always = own.flatMap(({ ports }, i) =>
    ports.kind === "all" || ports.ranges === undefined ? [i] : []
  );
  const open = new Set(always);
  const classes = new Map<string, { readonly ranges: PortRange[]; readonly about: readonly T[] }>();
  const cuts = cutsOf(own);
  for (const [i, { port: first, begin, end }] of cuts.entries()) {
    for (const index of end) open.delete(index);
    for (const index of begin) open.add(index);
    const next = cuts[i + 1];
    if (next === undefined || open.size === always.length) continue;
    const indices = [...open].sort((a, b) => a - b);
    const range = { first, last: next.port - 1 };
    const known = classes.get(indices.join());
    if (known !== undefined) known.ranges.push(range);
    else classes.set(indices.join(), { ranges: [range], about: indices.map((i) => own[i]!.thing) });
  }
  return [...classes.values()].map(({ ranges, about }) => ({
    ports: { kind: "protocol", protocol, ranges: mergePorts(ranges) },
    about,
  }));
}

/** Where ranges begin, and where they have ended. */
interface Cut {
  readonly port: number;
  /** Of the things that have them, by their places. */
  readonly begin: number[];
  readonly end: number[];
}

function cutsOf(list: readonly Pick<AboutPorts<unknown>, "ports">[]): readonly Cut[] {
  const cuts = new Map<number, Cut>();
  const cutAt = (port: number): Cut =>
    cuts.getOrInsertComputed(port, () => ({ port, begin: [], end: [] }));
  for (const [i, { ports }] of list.entries()) {
    for (const { first, last } of namedOf(ports)) {
      cutAt(first).begin.push(i);
      cutAt(last + 1).end.push(i);
    }
  }
  return [...cuts.values()].sort((a, b) => a.port - b.port);
}

/** No port of all, or of a whole protocol, is named. */
function namedOf(ports: PortMatch): readonly PortRange[] {
  return ports.kind === "all" ? [] : mergePorts(ports.ranges ?? []);
}

/** All ports of some classes that are by number, an entry for each protocol. */
export function unitePorts(
  classes: readonly Pick<PortClass<unknown>, "ports">[],
): readonly PortMatch[] {
  return protocols.flatMap((protocol): readonly PortMatch[] => {
    const own = classes.map(({ ports }) => ports)
      .filter((ports) => ports.kind === "protocol" && ports.protocol === protocol);
    const ranges = mergePorts(own.flatMap(namedOf));
    return ranges.length === 0 ? [] : [{ kind: "protocol", protocol, ranges }];
  });
}
