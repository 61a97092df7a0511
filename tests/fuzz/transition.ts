import assert from "node:assert/strict";
import { evaluateDirection } from "../../lib/evaluate/evaluate.ts";
import type { Listing, Transaction } from "../../lib/model/listing.ts";
import { directions } from "../../lib/model/network_policy.ts";
import { difference } from "../../lib/render/difference.ts";
import type { Journey } from "../walk/journey.ts";
import { KernelTable } from "../walk/kernel_table.ts";
import { fatesAt, flowOf, formatJourney, type TestedNode } from "../walk/node.ts";
import { parseRuleset } from "../walk/parse.ts";
import { loadTable } from "../walk/table.ts";
import { hasPortMap, nodesOf, type Tally } from "./agreement.ts";
import type { ChangeCase } from "./change.ts";
import { journeysOf } from "./journeys.ts";

/** The way of the first node's agent from one state to another. */
interface Transition {
  readonly before: TestedNode;
  readonly after: TestedNode;
  /** The node as it is after each transaction but the last. */
  readonly between: readonly TestedNode[];
  readonly transactions: readonly Transaction[];
}

/**
 * Where a change of one object lets a packet through, or holds one up, that it should not: what is
 * denied before and after is denied all the time, and what is allowed before and after, allowed.
 */
export function firstSlip(change: ChangeCase, tally: Tally): string | undefined {
  const before = nodesOf(change);
  const after = nodesOf({ ...change, objects: change.after });
  const [from] = before;
  const [to] = after;
  assert.ok(from !== undefined && to !== undefined);
  const journeys = [...journeysOf(before, change.probes), ...journeysOf(after, change.probes)];
  return slipBetween(from, to, { journeys, tally });
}

/** Packets to be watched while a node goes from one state to another. */
export interface Watch {
  readonly journeys: readonly Journey[];
  readonly tally: Tally;
  /** Which ends deny what is denied before and after: the same one, or any; the same is the default. */
  readonly ends?: "the same" | "any";
}

/** The first slip on a node's way from one state to another; undefined where there is none. */
export function slipBetween(
  before: TestedNode,
  after: TestedNode,
  { journeys, ...watch }: Watch,
): string | undefined {
  const { tally } = watch;
  const transition = transitionOf(before, after);
  tally.add(`${transition.transactions.length} transactions`);
  if (transition.between.some(({ listing }) => hasPortMap(listing))) tally.add("port maps");
  for (const journey of journeys) {
    // A pod that changes is a changed peer to itself: that comes a transaction before or after.
    if (transition.between.length === 0 || isWithinPod([before, after], journey)) continue;
    const slip = slipOf(transition, journey, watch);
    if (slip !== undefined) return slip;
  }
  return undefined;
}

function transitionOf(before: TestedNode, after: TestedNode): Transition {
  const table = new KernelTable();
  for (const transaction of difference(undefined, before.listing)) table.apply(transaction);
  assert.deepEqual(table.listing, before.listing);
  const transactions = difference(before.listing, after.listing);
  const listings: Listing[] = [];
  for (const transaction of transactions) {
    table.apply(transaction);
    listings.push(table.listing);
  }
  assert.deepEqual(table.listing, after.listing);
  const between = listings.slice(0, -1).map((listing) => {
    return { ...before, listing, table: loadTable(parseRuleset(listing)) };
  });
  return { before, after, between, transactions };
}

function slipOf(
  transition: Transition,
  journey: Journey,
  { tally, ends = "the same" }: Omit<Watch, "journeys">,
): string | undefined {
  const { before, after, between, transactions } = transition;
  const verdicts = directions.map((direction) => {
    return [before, after].map((node) => allows(node, journey, direction));
  });
  const isDenied = denies(verdicts, ends);
  const isAllowed = verdicts.every((both) => both.every((allowed) => allowed));
  if (!isDenied && !isAllowed) return undefined;
  for (const [step, node] of between.entries()) {
    const fates = fatesAt(node, journey);
    const wrong = fates.find(({ passes }) => passes !== isAllowed);
    if (fates.length > 0) tally.add(isAllowed ? "allowed throughout" : "denied throughout");
    if (wrong === undefined) continue;
    return [
      `${formatJourney(journey)}: ${
        isAllowed ? "allowed" : "denied"
      } before and after, but after ` +
      `transaction ${step + 1} its ${wrong.packet} packet ${
        wrong.passes ? "passes" : "is dropped"
      }:`,
      ...wrong.trace(),
      ...transactions.map((transaction) => transaction.join("\n")),
    ].join("\n\n");
  }
  return undefined;
}

/** Tells whether a packet is denied before and after, by the directions' verdicts then. */
function denies(verdicts: readonly (readonly boolean[])[], ends: Watch["ends"]): boolean {
  if (ends === "the same") return verdicts.some((both) => both.every((allowed) => !allowed));
  return [0, 1].every((time) => verdicts.some((both) => both[time] === false));
}

function isWithinPod(nodes: readonly TestedNode[], { client, server }: Journey): boolean {
  return nodes.some(({ state: { owners } }) => {
    const [from, to] = [owners.get(client.address), owners.get(server.address)];
    return from === to && from !== undefined;
  });
}

/** What a direction's policies say, where they are this node's to judge. */
function allows(
  { name, state }: TestedNode,
  journey: Journey,
  direction: (typeof directions)[number],
): boolean {
  const verdict = evaluateDirection(state, flowOf(journey), direction);
  return verdict.kind === "not judged" || verdict.pod.nodeName !== name || verdict.allowed;
}
