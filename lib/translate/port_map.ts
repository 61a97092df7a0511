// This module is pure.
import type { PortMatch } from "../model/group.ts";
import { type PortRange, protocols } from "../model/port.ts";
import {
  type Allowance,
  type AllowanceRun,
  isListed,
  type Listed,
  peersKey,
  policiesOf,
} from "./allowances.ts";
import { type Peers, unitePeers } from "./peers.ts";
import { type PortClass, portClasses, unitePorts } from "./port_classes.ts";

/**
 * Up to here lists of ports are asked for one after the other. A look-up is quicker from three lists
 * on, but costs a chain for each, and most pods have a few lists.
 */
export const mostLists = 8;

/**
 * What is said of ports in more classes than this is asked for by itself: its peers would be in a
 * set for each of them, and there may be very many of both.
 */
const mostClassesEach = 8;

/** A run, and what of it can be looked up by the port. */
export interface MappedRun {
  /** To be asked one after the other, and before the classes. */
  readonly row: AllowanceRun;
  /** No port is in two of them. */
  readonly classes: readonly AllowanceClass[];
}

/** What is said of some ports by number, by all that is about them. */
export interface AllowanceClass {
  /** By number, an entry for each protocol. */
  readonly ports: readonly PortMatch[];
  /** Of all that is said of them. */
  readonly peers: Peers;
  /** The policies that it comes from, printed: sorted, without duplicates. */
  readonly policies: readonly string[];
}

/** Parts a run by its ports, where it has many lists of them. */
export function mapPorts(run: AllowanceRun): MappedRun {
  const listed = run.filter(isListed);
  const narrow = inFewClasses(
    protocols.flatMap((protocol) =>
      inFewPieces(listed.filter(({ ports }) => ports.ports.protocol === protocol))
    ),
  );
  if (narrow.length <= mostLists) return { row: run, classes: [] };
  const mapped = new Set<Allowance>(narrow);
  return { row: run.filter((said) => !mapped.has(said)), classes: classesOf(narrow) };
}

/** Without what others cut in many more pieces: of ranges that nest there are pieces without end. */
function inFewPieces(listed: readonly Listed[]): readonly Listed[] {
  const ends = ({ first, last }: PortRange): readonly number[] => [first, last + 1];
  const cuts = new Set(listed.flatMap(({ ports }) => ports.ports.ranges.flatMap(ends)));
  const places = new Map([...cuts].sort((a, b) => a - b).map((cut, place) => [cut, place]));
  const piecesOf = (range: PortRange): number => {
    const [first = 0, end = 0] = ends(range).map((cut) => places.get(cut));
    return end - first;
  };
  return listed.filter(({ ports: { ports: { ranges } } }) =>
    ranges.reduce((sum, range) => sum + piecesOf(range) - 1, 0) < mostClassesEach
  );
}

function inFewClasses(listed: readonly Listed[]): readonly Listed[] {
  const counts = new Map<Listed, number>();
  for (const { about } of parted(listed)) {
    for (const said of about) counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  return listed.filter((said) => (counts.get(said) ?? 0) <= mostClassesEach);
}

/** Those that say the same of the same peers are one. */
function classesOf(listed: readonly Listed[]): readonly AllowanceClass[] {
  const byPeers = new Map<string, [ClassPart, ...ClassPart[]]>();
  for (const { ports, about } of parted(listed)) {
    const peers = unitePeers(...about.map((said) => said.peers));
    const part = { ports, peers, about };
    const same = byPeers.get(peersKey(peers));
    if (same === undefined) byPeers.set(peersKey(peers), [part]);
    else same.push(part);
  }
  return [...byPeers.values()].map((parts) => {
    const policies = policiesOf(parts.flatMap(({ about }) => about));
    return { ports: unitePorts(parts), peers: parts[0].peers, policies };
  });
}

interface ClassPart extends PortClass<Listed> {
  /** Of all that is about these ports. */
  readonly peers: Peers;
}

function parted(listed: readonly Listed[]): readonly PortClass<Listed>[] {
  return portClasses(listed, ({ ports }) => ports.ports);
}
