import { evaluateDirection } from "../../lib/evaluate/evaluate.ts";
import { directions } from "../../lib/model/network_policy.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { Journey } from "../walk/journey.ts";
import { disagreement, flowOf, formatJourney, type TestedNode, testedNode } from "../walk/node.ts";
import type { Packet, Tracking } from "../walk/packet.ts";
import { walk } from "../walk/walk.ts";
import type { FuzzCase } from "./cluster.ts";
import { journeysOf } from "./journeys.ts";
import { nodeNames } from "./pods.ts";

/** How often the oracle said what, and how many packets were tried: a fuzz that decides nothing proves nothing. */
export class Tally {
  readonly #counts = new Map<string, number>();

  /** Counts one. */
  add(what: string): void {
    this.#counts.set(what, this.of(what) + 1);
  }

  /** How often something was counted. */
  of(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  /** Prints all counts, the largest first. */
  toString(): string {
    return [...this.#counts].sort(([, a], [, b]) => b - a)
      .map(([what, count]) => `${what} ${count}`).join(", ");
  }
}

/** The nodes of a cluster, each as its own agent sees it. */
export function nodesOf(
  { objects, departed }: Pick<FuzzCase, "objects" | "departed">,
): readonly TestedNode[] {
  const decoded = decodeObjects(objects, departed);
  return nodeNames.map((name) => testedNode(name, stateOf(decoded, name)));
}

/** The first packet on which a node and the oracle disagree, told at length. */
export function firstDisagreement(fuzz: FuzzCase, tally: Tally): string | undefined {
  const nodes = nodesOf(fuzz);
  for (const journey of journeysOf(nodes, fuzz.probes)) {
    tally.add("connections");
    for (const node of nodes) {
      const found = disagreement(node, journey) ?? untrackedDisagreement(node, journey);
      if (found !== undefined) return found;
      for (const direction of directions) {
        const { kind } = evaluateDirection(node.state, flowOf(journey), direction);
        tally.add(`${direction} ${kind}`);
      }
    }
  }
  return undefined;
}

/**
 * Packets without a connection: forwarded, they are dropped when they come from or go to an
 * isolated pod of the node; to the node, they are judged by their header as egress.
 */
function untrackedDisagreement(node: TestedNode, journey: Journey): string | undefined {
  const { client, server } = journey;
  const flow = flowOf(journey);
  const isLocal = (end: Journey["client"]): boolean => end.node === node.name && !end.isHost;
  if (!isLocal(client) && !isLocal(server)) return undefined;
  const isToNode = server.isHost && server.node === node.name;
  if (client.isHost && client.node === node.name) return undefined;
  const isAllowed = isToNode
    ? evaluateDirection(node.state, flow, "egress").allowed
    : !isIsolated(node, client.address) && !isIsolated(node, server.address);
  for (const state of ["invalid", "untracked"] as const) {
    const packet = headerOnly(journey, {
      hook: isToNode ? "input" : "forward",
      tracking: { state },
    });
    const passes = walk(node.table, packet).verdict === "accept";
    if (passes === isAllowed) continue;
    return `${formatJourney(journey)}: at ${node.name} its ${state} packet ` +
      `${passes ? "passes" : "is dropped"}, which is wrong`;
  }
  return undefined;
}

function isIsolated({ name, state }: TestedNode, address: Packet["saddr"]): boolean {
  const pod = state.owners.get(address) ?? state.departed.get(address);
  if (pod?.nodeName !== name) return false;
  return directions.some((direction) => {
    const flow = { source: address, destination: address, senderNode: undefined };
    const transport = { protocol: "other" } as const;
    return evaluateDirection(state, { ...flow, transport }, direction).kind !== "not isolated";
  });
}

function headerOnly(
  { client, server, protocol, port }: Journey,
  { hook, tracking }: { readonly hook: Packet["hook"]; readonly tracking: Tracking },
): Packet {
  const isIpv6 = client.address.includes(":");
  return {
    hook,
    iifname: "veth0",
    saddr: client.address,
    daddr: server.address,
    protocol: protocol === "icmp" && isIpv6 ? "ipv6-icmp" : protocol,
    dport: port,
    icmpv6Type: protocol === "icmp" && isIpv6 ? 128 : undefined,
    hopLimit: 63,
    tracking,
  };
}
