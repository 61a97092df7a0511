import assert from "node:assert/strict";
import * as fc from "fast-check";
import { difference } from "../../lib/render/difference.ts";
import { type ApiObject, nameOf } from "../spec/objects.ts";
import { nodesOf } from "./agreement.ts";
import { type FuzzCase, fuzzCase } from "./cluster.ts";
import { assertHolds, formatCase, fuzzSeed, say } from "./report.ts";
import { tierPolicies } from "./tiers.ts";

const runs = 800;

Deno.test("the same objects in another order, in all their lists, are the same bytes", () => {
  const seed = fuzzSeed();
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${runs} clusters`);
  const shuffled = fuzzCase.chain((fuzz) =>
    fc.infiniteStream(fc.nat()).map((order) => ({ ...fuzz, other: shuffleCase(fuzz, order) }))
  );
  const property = fc.property(shuffled, ({ other, ...fuzz }) => {
    assert.equal(scripts(other), scripts(fuzz));
  });
  assertHolds(
    fc.check(property, { seed, numRuns: runs }),
    ({ other, ...fuzz }) => `${formatCase(fuzz)}\n# against\n${formatCase(other)}`,
  );
});

/** What each node's agent would load. */
function scripts(fuzz: Cluster): string {
  return nodesOf(fuzz).map((node) =>
    difference(undefined, node.listing).map((transaction) => transaction.join("\n")).join("\n\n")
  ).join("\n\n\n");
}

type Cluster = Pick<FuzzCase, "objects" | "departed">;

function shuffleCase({ objects, departed }: Cluster, order: Iterator<number>): Cluster {
  return {
    objects: shuffleObjects({ objects, departed }, order)
      .map((object) => shuffleFields(object, order)),
    // Their order is that of time: of two that had an address, the one that left last counts.
    departed: departed.map((object) => shuffleFields(object, order)),
  };
}

/** What becomes of pods that have departed is told in the order of time, too. */
function shuffleObjects(
  { objects, departed }: Cluster,
  order: Iterator<number>,
): readonly ApiObject[] {
  const departedNames = new Set(departed.map(nameOf));
  const hasDeparted = (object: ApiObject): boolean => departedNames.has(nameOf(object));
  const inTime = objects.filter(hasDeparted).values();
  return shuffleList(objects, order)
    .map((object) => hasDeparted(object) ? inTime.next().value ?? object : object);
}

/** Shuffles the fields of an object, and every list and object in it. */
function shuffleFields<T extends object>(object: T, order: Iterator<number>): T {
  const isOrdered = "kind" in object && tierKinds.has(object.kind);
  const entries = Object.entries(object).map(([key, value]: [string, unknown]) => [
    key,
    key === "spec" && isOrdered ? shuffleTierSpec(value, order) : shuffleValue(value, order),
  ]);
  return Object.fromEntries(shuffleList(entries, order)) as T;
}

const tierKinds: ReadonlySet<unknown> = new Set(Object.keys(tierPolicies));

/** In a tier the order of rules means something (CNP-3); that of what is in them does not. */
function shuffleTierSpec(spec: unknown, order: Iterator<number>): unknown {
  const entries = Object.entries(spec as object).map(([key, value]: [string, unknown]) => [
    key,
    Array.isArray(value)
      ? value.map((rule: unknown) => shuffleValue(rule, order))
      : shuffleValue(value, order),
  ]);
  return Object.fromEntries(shuffleList(entries, order));
}

function shuffleValue(value: unknown, order: Iterator<number>): unknown {
  if (Array.isArray(value)) {
    return shuffleList(value.map((item: unknown) => shuffleValue(item, order)), order);
  }
  return typeof value === "object" && value !== null ? shuffleFields(value, order) : value;
}

function shuffleList<T>(list: readonly T[], order: Iterator<number>): readonly T[] {
  return list.map((item) => [order.next().value ?? 0, item] as const)
    .sort(([a], [b]) => a - b).map(([, item]) => item);
}
