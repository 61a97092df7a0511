// This module is pure.
import type { Pod } from "../model/cluster.ts";
import type { Direction, NetworkPolicy, PolicyPort, PolicyRule } from "../model/network_policy.ts";
import { compareText, keyOf } from "../model/object_key.ts";
import {
  formatPorts,
  mergePorts,
  type PortRange,
  type Protocol,
  protocols,
} from "../model/port.ts";
import type { PortMatch } from "../model/node_policy.ts";
import { formatPeers, type Peers, peersOf, unitePeers } from "./peers.ts";

/** What some policies allow: ports by number, or by a name that each destination looks up. */
export type Allowance = PortAllowance | NameAllowance;

/** Ports by number, from or to any of the peers. */
export interface PortAllowance {
  /** Tells it from a `NameAllowance`. */
  readonly kind: "ports";
  /** Names in ingress rules have become the pod's own numbers (NP-33). */
  readonly ports: PortMatch;
  /** Of all rules with these ports. */
  readonly peers: Peers;
  /** The policies that it comes from, as namespace/name: sorted, without duplicates. */
  readonly policies: readonly string[];
}

/** A port by its name at the destination, to any of the peers; egress only. */
export interface NameAllowance {
  /** Tells it from a `PortAllowance`. */
  readonly kind: "name";
  /** Has to be declared along with the name (NP-36). */
  readonly protocol: Protocol;
  /** As containers declare it; each destination has its own number for it (NP-34). */
  readonly name: string;
  /** Of all rules with this name. */
  readonly peers: Peers;
  /** As those of a `PortAllowance`. */
  readonly policies: readonly string[];
}

/**
 * What policies allow a pod in one direction, merged: for each list of ports one union of peers
 * (NP-7, NP-10), sorted. The pod's own ports answer for the names in ingress rules (NP-33); no
 * other property of the pod has a say.
 */
export function allowancesOf(
  pod: Pick<Pod, "ports">,
  direction: Direction,
  policies: readonly NetworkPolicy[],
): readonly Allowance[] {
  const merged = new Map<string, Allowance>();
  for (const policy of policies) {
    for (const rule of policy[direction]) {
      const peers = peersOf(rule.peers, policy.namespace);
      if (isNobody(peers)) continue;
      for (const allowance of ruleAllowances(rule, direction, pod)) {
        add(merged, { ...allowance, peers, policies: [keyOf(policy)] });
      }
    }
  }
  return withoutCovered(
    [...merged].sort(([a], [b]) => compareText(a, b)).map(([, value]) => value),
  );
}

/** Blocks whose exceptions leave nothing are no peer, and must not become "any". */
function isNobody(peers: Peers): boolean {
  return peers !== "all" && peers.selections.length === 0 && peers.blocks.length === 0;
}

type Ports =
  | Pick<PortAllowance, "kind" | "ports">
  | Pick<NameAllowance, "kind" | "protocol" | "name">;

function* ruleAllowances(
  rule: PolicyRule,
  direction: Direction,
  pod: Pick<Pod, "ports">,
): Iterable<Ports> {
  if (rule.ports === undefined) { // NP-12
    yield { kind: "ports", ports: { kind: "all" } };
    return;
  }
  for (const protocol of protocols) {
    const ports = rule.ports.filter((port) => port.protocol === protocol);
    if (ports.some((port) => port.kind === "protocol")) { // NP-30
      yield { kind: "ports", ports: { kind: "protocol", protocol, ranges: undefined } };
      continue;
    }
    const ranges = mergePorts(ports.flatMap((port) => numbersOf(port, direction, pod)));
    if (ranges.length > 0) yield { kind: "ports", ports: { kind: "protocol", protocol, ranges } };
    if (direction === "ingress") continue;
    for (const port of ports) {
      if (port.kind === "name") yield { kind: "name", protocol, name: port.name };
    }
  }
}

/** The numbers of a port at a pod that it is received by; names of others are not known here. */
function numbersOf(
  port: PolicyPort,
  direction: Direction,
  pod: Pick<Pod, "ports">,
): readonly PortRange[] {
  if (port.kind === "range") return [port.range];
  if (port.kind === "protocol" || direction === "egress") return [];
  return pod.ports // NP-35: every declaration counts; NP-36: name and protocol both
    .filter(({ name, protocol }) => name === port.name && protocol === port.protocol)
    .map(({ port }) => ({ first: port, last: port }));
}

function add(merged: Map<string, Allowance>, allowance: Allowance): void {
  const key = allowance.kind === "ports" ? formatPortMatch(allowance.ports) : formatName(allowance);
  const other = merged.get(key);
  if (other === undefined) {
    merged.set(key, allowance);
    return;
  }
  const policies = [...new Set([...other.policies, ...allowance.policies])].sort(compareText);
  merged.set(key, { ...other, peers: unitePeers(other.peers, allowance.peers), policies });
}

/** When everything is allowed, nothing else needs to be said. */
function withoutCovered(allowances: readonly Allowance[]): readonly Allowance[] {
  const all = allowances.find((a) =>
    a.kind === "ports" && a.ports.kind === "all" && a.peers === "all"
  );
  return all === undefined ? allowances : [all];
}

/** Prints a port match, "" for every port of every protocol, which so comes first. */
export function formatPortMatch(ports: PortMatch): string {
  if (ports.kind === "all") return "";
  return `${ports.protocol}/${ports.ranges?.map(formatPorts).join(",") ?? "*"}`;
}

function formatName({ protocol, name }: NameAllowance): string {
  return `${protocol}/${name}`;
}

/** Prints an allowance of a named port: equal ones print alike. */
export function formatNameAllowance(allowance: NameAllowance): string {
  return `${formatName(allowance)} of ${formatPeers(allowance.peers)}`;
}
