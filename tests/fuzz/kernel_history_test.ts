import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Table } from "../../lib/apply/table.ts";
import type { Listing } from "../../lib/model/listing.ts";
import { Desired } from "../../lib/reconcile/desired.ts";
import { NftNamespace } from "../golden/load.ts";
import { objectsOf } from "../kernel/apply/namespace.ts";
import { busyHistory, formatHistory, ToldStore } from "./history.ts";
import { fuzzSeed, say } from "./report.ts";

const histories = 30;

/** The table of one agent after another, each with a history of its own. */
class Keeper implements AsyncDisposable {
  readonly #namespace: NftNamespace;
  readonly #table: Table;
  held: Listing | undefined;

  constructor(namespace: NftNamespace) {
    this.#namespace = namespace;
    this.#table = new Table(namespace.nft);
  }

  /** Brings what is touched to the kernel, and proves that it then holds what the whole comes to. */
  async look({ store }: ToldStore, desired: Desired): Promise<void> {
    const { listing } = desired.next(store, store.touches.take());
    await this.#table.apply(listing);
    this.held = desired.plain(store).listing;
    await this.#namespace.assertHolds(this.held);
  }

  /** Proves that nothing went wrong on the way, and that a full load prints as what is there. */
  async assertFresh(): Promise<void> {
    const { retries, replaced } = this.#table.status;
    assert.deepEqual({ retries, replaced }, { retries: 0, replaced: 0 });
    assert.ok(this.held !== undefined);
    await using fresh = await NftNamespace.make();
    const table = new Table(fresh.nft);
    await table.apply(this.held);
    await table.close();
    const [text, freshText] = [await this.#namespace.nft.list(), await fresh.nft.list()];
    assert.deepEqual(told(text), told(freshText));
  }

  /** How many transactions it took, by the kept session. */
  get transactions(): number {
    return this.#table.status.transactions.bySession;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#table.close();
  }
}

/** The objects of a table, without what its rules fill. */
function told(text: string | undefined): readonly string[] {
  return objectsOf(text ?? "").map((object) =>
    object.includes("flags dynamic") ? object.replace(/elements = \{[^}]*\}/, "") : object
  ).map((object) => object.replaceAll(/\s+/g, " "));
}

Deno.test("after whatever history of differences the kernel holds what a fresh full load would", async () => {
  const seed = fuzzSeed();
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${histories} histories, one after the other`);
  await using namespace = await NftNamespace.make();
  await using keeper = new Keeper(namespace);
  for (const past of fc.sample(busyHistory, { seed, numRuns: histories })) {
    const told = new ToldStore("n1", past.objects);
    const desired = new Desired("n1");
    try {
      await keeper.look(told, desired);
      for (const step of past.steps) {
        told.take(step);
        await keeper.look(told, desired);
      }
      await keeper.assertFresh();
    } catch (cause) {
      const what = `Cannot keep the kernel in step (HEDGEROW_FUZZ_SEED=${seed})`;
      throw new Error(`${what}:\n${cause}\n\n${formatHistory(past)}`, { cause });
    }
  }
  say(`fuzz: ${keeper.transactions} transactions`);
  assert.ok(keeper.transactions > histories * 4, "hardly anything happened");
});
