import type { ClusterStore } from "../../lib/cluster/store.ts";
import { evaluateDirection } from "../../lib/evaluate/evaluate.ts";
import type { DirectionVerdict } from "../../lib/evaluate/verdict.ts";
import { isPortMap, type Listing } from "../../lib/model/listing.ts";
import { directions } from "../../lib/model/network_policy.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { Journey } from "../walk/journey.ts";
import { disagreement, flowOf, formatJourney, type TestedNode, testedNode } from "../walk/node.ts";
import type { Packet, Tracking } from "../walk/packet.ts";
import { walk } from "../walk/walk.ts";
import type { FuzzCase } from "./cluster.ts";
import { announceSome, interfaceDisagreement } from "./interfaces.ts";
import { journeysOf } from "./journeys.ts";
import { nodeNames } from "./nodes.ts";

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

/** The nodes of a cluster, each as its own agent sees it when it has been told something more. */
export function nodesOf(
  { objects, departed }: Pick<FuzzCase, "objects" | "departed">,
  told: (store: ClusterStore, nodeName: string) => void = () => {},
): readonly TestedNode[] {
  const decoded = decodeObjects(objects, departed);
  return nodeNames.map((name) => {
    const store = stateOf(decoded, name);
    told(store, name);
    return testedNode(name, store);
  });
}

/** The first packet on which a node and the oracle disagree, told at length. */
export function firstDisagreement(fuzz: FuzzCase, tally: Tally): string | undefined {
  const nodes = nodesOf(fuzz, announceSome);
  for (const { listing } of nodes) if (hasPortMap(listing)) tally.add("port maps");
  for (const journey of journeysOf(nodes, fuzz.probes)) {
    tally.add("connections");
    for (const node of nodes) {
      const found = disagreement(node, journey) ?? untrackedDisagreement(node, journey) ??
        interfaceDisagreement(node, journey);
      if (found !== undefined) return found;
      for (const direction of directions) {
        const verdict = evaluateDirection(node.state, flowOf(journey), direction);
        for (const what of tellVerdict(verdict)) tally.add(`${direction} ${what}`);
      }
    }
  }
  return undefined;
}

/** Tells whether a packet's port is looked up in a map anywhere. */
export function hasPortMap({ sets }: Listing): boolean {
  return [...sets.values()].some(isPortMap);
}

/**
 * What a verdict is counted as: `Admin allowed`, `NetworkPolicy denied`, `undecided`, `passed`,
 * `in doubt`.
 */
function tellVerdict(verdict: DirectionVerdict): readonly string[] {
  switch (verdict.kind) {
    case "decided":
    case "isolated": {
      const what = [`${verdict.tier} ${verdict.allowed ? "allowed" : "denied"}`];
      if (verdict.passedBy.length > 0) what.push("passed");
      if (verdict.kind === "decided" && verdict.inDoubt) what.push("in doubt");
      return what;
    }
    case "undecided":
      return verdict.passedBy.length > 0 ? ["undecided", "passed"] : ["undecided"];
    case "not judged":
    case "own node":
    case "broken":
      return [verdict.kind];
    default:
      return verdict satisfies never;
  }
}

/**
 * Packets without a connection: forwarded, they are dropped when they come from or go to a pod of
 * the node that policies are about; to the node, they are judged by their header as egress.
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
    : !isPoliced(node, client.address) && !isPoliced(node, server.address);
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

/** Tells whether any policy is about one of the node's pods, whatever it says. */
function isPoliced({ name, state }: TestedNode, address: Packet["saddr"]): boolean {
  const pod = state.owners.get(address) ?? state.departed.get(address);
  if (pod?.nodeName !== name) return false;
  return directions.some((direction) => {
    const flow = { source: address, destination: address, senderNode: undefined };
    const transport = { protocol: "other" } as const;
    const verdict = evaluateDirection(state, { ...flow, transport }, direction);
    return verdict.kind !== "undecided" || verdict.askedInVain.length > 0;
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
    oifname: "",
    saddr: client.address,
    daddr: server.address,
    protocol: protocol === "icmp" && isIpv6 ? "ipv6-icmp" : protocol,
    dport: port,
    icmpv6Type: protocol === "icmp" && isIpv6 ? 128 : undefined,
    hopLimit: 63,
    tracking,
  };
}
