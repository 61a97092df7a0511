// This module is pure.
import type { AddressPoint } from "../model/address_range.ts";
import type { PortMatch } from "../model/group.ts";
import type { Protocol } from "../model/port.ts";
import type { ClusterState, NamedPort, Pod } from "../model/cluster.ts";
import { compareText } from "../model/object_key.ts";
import { type Allowance, formatAllowance } from "./allowances.ts";
import { isPeer } from "./peers.ts";

/** One step of the way to a set of endpoints: the first that is about an endpoint decides. */
export interface EndpointStep {
  /** Which ports of whom it is about. */
  readonly said: Allowance;
  /** Whether they belong to the set; only what names ports can say so. */
  readonly isMember: boolean;
}

/**
 * The same way, printed the same whatever the order of steps that stand next to each other and say
 * the same; what comes behind the last member is left out.
 */
export function normalSteps(steps: readonly EndpointStep[]): readonly EndpointStep[] {
  const normal: EndpointStep[] = [];
  let alike = new Map<string, EndpointStep>();
  const close = (): void => {
    normal.push(...[...alike].sort(([a], [b]) => compareText(a, b)).map(([, step]) => step));
    alike = new Map();
  };
  const end = steps.findLastIndex(({ isMember }) => isMember);
  for (const [i, step] of steps.slice(0, end + 1).entries()) {
    if (steps[i - 1]?.isMember !== step.isMember) close();
    alike.set(formatAllowance(step.said), step);
  }
  close();
  return normal;
}

/** A port of a pod at one of its addresses. */
export interface PodEndpoint {
  /** Owns the address, and declares the port. */
  readonly pod: Pod;
  /** One of its addresses. */
  readonly point: AddressPoint;
  /** By its number. */
  readonly port: number;
}

/** A declared port, as PROTOCOL/NAME. */
export function portKey({ protocol, name }: Pick<NamedPort, "protocol" | "name">): string {
  return `${protocol}/${name}`;
}

/** The ports that may belong to a set: those that its members name. */
export function portsOf(steps: readonly EndpointStep[]): ReadonlySet<string> {
  return new Set(
    steps.flatMap(({ said: { ports }, isMember }) =>
      isMember && ports.kind === "name" ? [portKey(ports)] : []
    ),
  );
}

/** Tells whether a port of a pod belongs to a set of endpoints of one protocol. */
export function isMeant(
  steps: readonly EndpointStep[],
  endpoint: PodEndpoint,
  state: ClusterState,
): boolean {
  const protocol = protocolOf(steps);
  if (protocol === undefined) return false;
  const step = steps.find(({ said }) =>
    isAbout(said, endpoint, protocol) && isPeer(said.peers, endpoint, state)
  );
  return step?.isMember ?? false;
}

function protocolOf(steps: readonly EndpointStep[]): Protocol | undefined {
  const named = steps.find(({ isMember }) => isMember)?.said.ports;
  return named?.kind === "name" ? named.protocol : undefined;
}

/** NP-36: by name, where the pod declares the port under it with the protocol. */
function isAbout({ ports }: Allowance, { pod, port }: PodEndpoint, protocol: Protocol): boolean {
  if (ports.kind === "ports") return holds(ports.ports, protocol, port);
  return ports.protocol === protocol &&
    pod.ports.some((declared) =>
      declared.name === ports.name && declared.protocol === protocol && declared.port === port
    );
}

function holds(ports: PortMatch, protocol: Protocol, port: number): boolean {
  if (ports.kind === "all") return true;
  if (ports.protocol !== protocol) return false;
  return ports.ranges?.some(({ first, last }) => first <= port && port <= last) ?? true;
}
