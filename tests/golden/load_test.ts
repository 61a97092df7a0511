import assert from "node:assert/strict";
import { mend } from "../../lib/apply/mend.ts";
import { formatScript } from "../../lib/apply/statement.ts";
import type { TableReading } from "../../lib/apply/table_reading.ts";
import { transactionsOf } from "../../lib/model/listing.ts";
import { portsTableName } from "../../lib/render/ports_table.ts";
import { say } from "../fuzz/report.ts";
import { type NftCommand, NftNamespace } from "./load.ts";
import { newerNft } from "./nft_newer.ts";
import { type Scenario, scenarios } from "./scenarios.ts";

const newer = await newerNft();
if ("missing" in newer) {
  say(`Debian 13's nft cannot be had, its tests are ignored: ${newer.missing}`);
}
const newerCommand = "missing" in newer ? undefined : newer.command;

for (const scenario of scenarios()) {
  Deno.test(`the system's nft takes the script, and lists what it should: ${scenario.name}`, async () => {
    await assertLoads(scenario);
  });
  Deno.test({
    name: `Debian 13's nft takes the script, and lists what it should: ${scenario.name}`,
    ignore: newerCommand === undefined,
    fn: () => assertLoads(scenario, newerCommand),
  });
}

Deno.test("the system's nft makes each table of the one before, in place", async () => {
  await assertTurns();
});

Deno.test({
  name: "Debian 13's nft makes each table of the one before, in place",
  ignore: newerCommand === undefined,
  fn: () => assertTurns(newerCommand),
});

Deno.test({
  name: "Debian 13's nft is of another line than 1.0",
  ignore: newerCommand === undefined,
  fn: async () => {
    await using namespace = await NftNamespace.make(newerCommand);
    assert.match(await namespace.nft.detect(), /^1\.[1-9]/);
  },
});

async function assertLoads(
  { script, listing, ports }: Scenario,
  command?: NftCommand,
): Promise<void> {
  await using namespace = await NftNamespace.make(command);
  await namespace.load(script);
  await namespace.assertHolds(listing);
  if (ports !== undefined) await namespace.assertHolds(ports, portsTableName);
}

async function assertTurns(command?: NftCommand): Promise<void> {
  await using namespace = await NftNamespace.make(command);
  let from: TableReading | undefined;
  for (const { name, listing } of scenarios()) {
    for (const transaction of transactionsOf(mend(from, listing))) {
      await namespace.nft.run(formatScript(transaction));
    }
    await namespace.assertHolds(listing).catch((cause: unknown) => {
      throw new Error(`not what it should be: ${name}`, { cause });
    });
    from = { listing, declaration: [], others: [] };
  }
}
