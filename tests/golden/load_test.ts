import assert from "node:assert/strict";
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
