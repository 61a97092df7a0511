// This module is pure.
import type { Action } from "../model/cluster_network_policy.ts";
import type { PortMatch } from "../model/group.ts";
import { compareText } from "../model/object_key.ts";
import { formatDomainName } from "../model/known_name.ts";
import { formatPorts, mergePorts, type PortRange, type Protocol } from "../model/port.ts";
import { formatPeers, isNobody, mayShare, type Peers, unitePeers } from "./peers.ts";

/** Destination ports: by number, or by a name that each destination looks up. */
export type Ports =
  /** Names in ingress rules have become the pod's own numbers (NP-33). */
  | { readonly kind: "ports"; readonly ports: PortMatch }
  /** Has to be declared along with its protocol (NP-36); egress only. */
  | NamedPorts;

/** A port by its name at the destination (NP-34). */
export interface NamedPorts {
  /** Tells it from ports by number. */
  readonly kind: "name";
  /** Has to be declared along with the name (NP-36). */
  readonly protocol: Protocol;
  /** As containers declare it; each destination has its own number for it. */
  readonly name: string;
}

/** What some policies say of some ports at some peers. */
export interface Allowance<P extends Ports = Ports> {
  /** NetworkPolicy only accepts; "allowance" is meant in either sense. */
  readonly action: Action;
  /** Destination ports. */
  readonly ports: P;
  /** Of all rules with these ports. */
  readonly peers: Peers;
  /** The policies that it comes from, printed: sorted, without duplicates. */
  readonly policies: readonly string[];
}

/**
 * Merges what is said one after the other: next to each other all that has the same action and the
 * same ports becomes one, with the union of the peers (NP-7, NP-10), and then all that has the same
 * action and the same peers, with the union of the ports. What is said of other ports,
 * or of pods that cannot be the same, may be overtaken, as no packet is about both.
 *
 * @returns runs of one action each; the first run that matches decides.
 */
export function mergeAllowances(allowances: Iterable<Allowance>): readonly AllowanceRun[] {
  const runs: Run[] = [];
  for (const allowance of allowances) {
    if (isNobody(allowance.peers)) continue;
    add(runFor(runs, allowance), allowance);
  }
  return runs.map((run) => withoutCovered(sorted(run)));
}

/** Allowances of one action: their order is free. */
export type AllowanceRun = readonly Allowance[];

/** Allowances of one action: key of the ports -> those that have them. Their order is free. */
interface Run {
  readonly action: Action;
  readonly byPorts: Map<string, [Allowance, ...Allowance[]]>;
}

/**
 * A run of the action that nothing stands behind which would be decided otherwise: best one in
 * which the ports are already, so that no rule is added, else the first, which is least in the way.
 */
function runFor(runs: Run[], allowance: Allowance): Run {
  const open: Run[] = [];
  for (const run of runs.toReversed()) {
    if (run.action === allowance.action) {
      open.push(run);
      continue;
    }
    const isAbout = (others: readonly Allowance[]): boolean =>
      others.some((other) => mayMeet(other, allowance));
    if (run.byPorts.values().some(isAbout)) break;
  }
  const ports = formatPortsOf(allowance.ports);
  const found = open.find(({ byPorts }) => byPorts.has(ports)) ?? open.at(-1);
  if (found !== undefined) return found;
  const run: Run = { action: allowance.action, byPorts: new Map() };
  runs.push(run);
  return run;
}

/** Tells whether a packet may be about both. */
function mayMeet(a: Allowance, b: Allowance): boolean {
  return portsMayMeet(a.ports, b.ports) && mayShare(a.peers, b.peers);
}

function portsMayMeet(a: Ports, b: Ports): boolean {
  const [protocolA, protocolB] = [protocolOf(a), protocolOf(b)];
  if (protocolA === undefined || protocolB === undefined) return true;
  if (protocolA !== protocolB) return false;
  const [rangesA, rangesB] = [rangesOf(a), rangesOf(b)];
  if (rangesA === undefined || rangesB === undefined) return true;
  return rangesA.some((x) => rangesB.some((y) => x.first <= y.last && y.first <= x.last));
}

function protocolOf(ports: Ports): Protocol | undefined {
  if (ports.kind === "name") return ports.protocol;
  return ports.ports.kind === "protocol" ? ports.ports.protocol : undefined;
}

function rangesOf(ports: Ports): Extract<PortMatch, { kind: "protocol" }>["ranges"] {
  return ports.kind === "ports" && ports.ports.kind === "protocol" ? ports.ports.ranges : undefined;
}

function add({ byPorts }: Run, allowance: Allowance): void {
  const key = formatPortsOf(allowance.ports);
  const others = byPorts.get(key);
  if (others === undefined) byPorts.set(key, [allowance]);
  else others.push(allowance);
}

function sorted({ byPorts }: Run): readonly Allowance[] {
  const united = [...byPorts.values()].map((same) =>
    unite(same, { peers: unitePeers(...same.map(({ peers }) => peers)) })
  );
  return unitedByPeers(united)
    .map((said) => [formatPortsOf(said.ports), said] as const)
    .sort(([a], [b]) => compareText(a, b)).map(([, said]) => said);
}

/** Allowances of one action; at least one. */
type Same = readonly [Allowance, ...Allowance[]];

/** One of all, with what they have not in common. */
function unite(same: Same, all: Partial<Allowance>): Allowance {
  const [first, ...others] = same;
  if (others.length === 0) return first;
  const policies = policiesOf(same);
  return { ...first, ...all, policies };
}

/** What is said of the same peers at several ports of a protocol becomes one: a look-up fewer. */
function unitedByPeers(list: readonly Allowance[]): readonly Allowance[] {
  const same = new Map<string, [Listed, ...Listed[]]>();
  const others: Allowance[] = [];
  for (const said of list) {
    if (!isListed(said)) {
      others.push(said);
      continue;
    }
    const key = `${said.ports.ports.protocol} of ${peersKey(said.peers)}`;
    const found = same.get(key);
    if (found === undefined) same.set(key, [said]);
    else found.push(said);
  }
  const united = [...same.values()].map((same) => {
    const ranges = mergePorts(same.flatMap(({ ports }) => ports.ports.ranges));
    const [{ ports: { ports } }] = same;
    return unite(same, { ports: { kind: "ports", ports: { ...ports, ranges } } });
  });
  return [...others, ...united];
}

/** About some ports of a protocol, by number. */
export interface Listed extends Allowance {
  /** Not all. */
  readonly ports: {
    readonly kind: "ports";
    readonly ports: Extract<PortMatch, { kind: "protocol" }> & {
      readonly ranges: readonly PortRange[];
    };
  };
}

/** Tells whether something is said of some ports by number. */
export function isListed(said: Allowance): said is Listed {
  return rangesOf(said.ports) !== undefined;
}

/** Prints peers and names: the same peers print alike, and others otherwise. */
export function peersKey(peers: Peers): string {
  const names = peers === "all" ? [] : peers.names.map(formatDomainName);
  return [formatPeers(peers), ...names].join("; ");
}

/** Where everything is decided, nothing else needs to be said. */
function withoutCovered(allowances: readonly Allowance[]): readonly Allowance[] {
  const all = allowances.find(({ ports, peers }) =>
    ports.kind === "ports" && ports.ports.kind === "all" && peers === "all"
  );
  return all === undefined ? allowances : [all];
}

/** Prints ports, "" for every port of every protocol, which so comes first. */
function formatPortsOf(ports: Ports): string {
  if (ports.kind === "name") return `${ports.protocol}/${ports.name}`;
  if (ports.ports.kind === "all") return "";
  return `${ports.ports.protocol}/${ports.ports.ranges?.map(formatPorts).join(",") ?? "*"}`;
}

/** Prints whom an allowance is about: equal ones print alike. */
export function formatAllowance({ ports, peers }: Allowance): string {
  return `${formatPortsOf(ports)} of ${formatPeers(peers)}`;
}

/** The policies that things come from, printed: sorted, without duplicates. */
export function policiesOf(list: readonly Pick<Allowance, "policies">[]): readonly string[] {
  return [...new Set(list.flatMap(({ policies }) => policies))].sort(compareText);
}
