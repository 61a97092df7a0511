import * as fc from "fast-check";
import type { Listing } from "../../lib/model/listing.ts";
import { difference } from "../../lib/render/difference.ts";
import { NftNamespace } from "../golden/load.ts";
import { nodesOf } from "./agreement.ts";
import { fuzzCase } from "./cluster.ts";
import { formatCase, fuzzSeed, say } from "./report.ts";

const steps = 60;

Deno.test("the kernel takes every difference of random clusters, and holds what it should after each", async () => {
  const seed = fuzzSeed();
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${steps} clusters, one after the other`);
  await using namespace = await NftNamespace.make();
  let held: Listing | undefined;
  for (const fuzz of fc.sample(fuzzCase, { seed, numRuns: steps })) {
    const [node] = nodesOf(fuzz);
    if (node === undefined) throw new Error("Cannot fuzz: there is no node");
    const wanted = node.listing;
    try {
      for (const transaction of difference(held, wanted)) {
        await namespace.nft.run(`${transaction.join("\n")}\n`);
      }
      await namespace.assertHolds(wanted);
    } catch (cause) {
      const what = `Cannot load a cluster (HEDGEROW_FUZZ_SEED=${seed})`;
      throw new Error(`${what}:\n${cause}\n\n${formatCase(fuzz)}`, { cause });
    }
    held = wanted;
  }
});
