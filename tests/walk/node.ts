import assert from "node:assert/strict";
import { evaluateDirection } from "../../lib/evaluate/evaluate.ts";
import type { Flow, Transport } from "../../lib/evaluate/flow.ts";
import type { IpAddress } from "../../lib/model/address.ts";
import type { ClusterState } from "../../lib/model/cluster.ts";
import type { Listing } from "../../lib/model/listing.ts";
import { directions } from "../../lib/model/network_policy.ts";
import { protocols } from "../../lib/model/port.ts";
import { listRuleset } from "../../lib/render/listing.ts";
import { renderRuleset } from "../../lib/render/render.ts";
import { translate } from "../../lib/translate/translate.ts";
import { anyPodLink, going, type Journey, opening, type Passing, returning } from "./journey.ts";
import { parseRuleset } from "./parse.ts";
import { loadTable, type Table } from "./table.ts";
import { walk } from "./walk.ts";

/** A node, with what its agent knows and what it makes of it. */
export interface TestedNode {
  readonly name: string;
  readonly state: ClusterState;
  readonly table: Table;
  /** Its rules as nft prints them, for whoever has to read them. */
  readonly listing: Listing;
}

/**
 * Translates, renders and loads what a node's agent would put into the kernel. What is walked is
 * what its text says, and that must be what the renderer meant.
 */
export function testedNode(name: string, state: ClusterState): TestedNode {
  const ruleset = renderRuleset(translate(state, name));
  const listing = listRuleset(ruleset);
  const parsed = parseRuleset(listing);
  assert.deepEqual(parsed, ruleset);
  return { name, state, table: loadTable(parsed), listing };
}

/** What the oracle says of the ends that are this node's to judge. */
export function oracleAllows({ name, state }: TestedNode, journey: Journey): boolean {
  const flow = flowOf(journey);
  return directions.every((direction) => {
    const verdict = evaluateDirection(state, flow, direction);
    return verdict.kind === "not judged" || verdict.pod.nodeName !== name || verdict.allowed;
  });
}

/** The journey as policies see it. */
export function flowOf({ client, server, protocol, port }: Journey): Flow {
  const named = protocols.find((known) => known.toLowerCase() === protocol);
  const transport: Transport = named === undefined || port === undefined
    ? { protocol: "other" }
    : { protocol: named, port };
  return {
    source: client.address,
    destination: server.address,
    transport,
    senderNode: client.isHost ? client.node : undefined,
  };
}

/** A packet of a journey and what became of it at this node. */
export interface Fate {
  /** `opening`, `going` or `returning`. */
  readonly packet: string;
  readonly passes: boolean;
  /** Every rule that it passed, as nft prints them. */
  readonly trace: () => readonly string[];
}

/** What the node does to each packet of a journey that passes it; none for one that does not. */
export function fatesAt(node: TestedNode, journey: Journey): readonly Fate[] {
  return Object.entries({ opening, going, returning }).flatMap(([packet, passings]) => {
    const mine = passings(journey).filter((passing) => passing.node === node.name);
    if (mine.length === 0) return [];
    const courses = mine.map((passing) => courseOf(node, byItsLink(node, passing)));
    return [{
      packet,
      passes: courses.every(({ verdict }) => verdict === "accept"),
      trace: () => courses.flatMap(({ trace }) => trace()),
    }];
  });
}

/** A pod whose interface is known sends and receives by it. */
function byItsLink({ state }: TestedNode, { node, packet }: Passing): Passing {
  const linkOf = (address: IpAddress): string =>
    state.interfaces.find(({ addresses, bridge }) => bridge === "" && addresses.includes(address))
      ?.name ?? anyPodLink;
  const { iifname, oifname, saddr, daddr } = packet;
  return {
    node,
    packet: {
      ...packet,
      iifname: iifname === anyPodLink ? linkOf(saddr) : iifname,
      oifname: oifname === anyPodLink ? linkOf(daddr) : oifname,
    },
  };
}

interface Course {
  readonly verdict: "accept" | "drop";
  readonly trace: () => readonly string[];
}

function courseOf({ table, listing }: TestedNode, { node, packet }: Passing): Course {
  const { verdict, steps } = walk(table, packet);
  return {
    verdict,
    trace: () => {
      const lines = steps.map(({ chain, rule }) =>
        `  ${chain}: ${listing.chains.get(chain)?.rules[rule]}`
      );
      return [`${node} ${packet.hook}: ${verdict}`, ...lines];
    },
  };
}

/** Where node and oracle disagree on a journey, told at length; undefined where they agree. */
export function disagreement(node: TestedNode, journey: Journey): string | undefined {
  const allowed = oracleAllows(node, journey);
  const wrong = fatesAt(node, journey).find(({ passes }) => passes !== allowed);
  if (wrong === undefined) return undefined;
  return [
    `${formatJourney(journey)}: the oracle says ${allowed ? "allowed" : "denied"}, but at ` +
    `${node.name} its ${wrong.packet} packet ${wrong.passes ? "passes" : "is dropped"}:`,
    ...wrong.trace(),
  ].join("\n");
}

/** Prints a journey: `10.0.0.1 (n1) > 10.0.0.2 (n2) tcp 80`. */
export function formatJourney({ client, server, protocol, port }: Journey): string {
  const [from, to] = [client, server].map(({ address, node, isHost }) => {
    const place = node === undefined ? "outside" : isHost ? `the host ${node}` : node;
    return `${address} (${place})`;
  });
  return `${from} > ${to} ${protocol}${port === undefined ? "" : ` ${port}`}`;
}
