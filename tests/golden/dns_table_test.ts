import assert from "node:assert/strict";
import { parseListing } from "../../lib/apply/listing_parser.ts";
import { families, type IpAddress } from "../../lib/model/address.ts";
import type { HeldPaths } from "../../lib/model/held_paths.ts";
import { difference } from "../../lib/render/difference.ts";
import { dnsTable, dnsTables } from "../../lib/render/dns_table.ts";
import { say } from "../fuzz/report.ts";
import { type NftCommand, NftNamespace } from "./load.ts";
import { newerNft } from "./nft_newer.ts";

const addresses = (...texts: string[]): readonly IpAddress[] => texts as IpAddress[];
const [a, b] = addresses("10.2.0.2", "fd00:2::2") as [IpAddress, IpAddress];
const held: HeldPaths = {
  clients: addresses("10.1.0.2", "10.1.0.3", "fd00:1::2"),
  paths: [{ resolver: a, port: 40_000 }, { resolver: b, port: 40_001 }],
};
const moved: HeldPaths = {
  clients: addresses("10.1.0.3", "fd00:1::9"),
  paths: [{ resolver: b, port: 40_001 }, { resolver: a, port: 40_007 }],
};

/** Loads the tables, changes them in place, and reads back what they should be each time. */
async function assertTables(command?: NftCommand): Promise<void> {
  await using namespace = await NftNamespace.make(command);
  for (const family of families) {
    const name = dnsTables[family];
    const wanted = [undefined, dnsTable(held, family), dnsTable(moved, family)];
    for (const [i, listing] of wanted.entries()) {
      if (listing === undefined) continue;
      for (const transaction of difference(wanted[i - 1], listing, name)) {
        await namespace.nft.run(`${transaction.join("\n")}\n`);
      }
      const reading = parseListing(await namespace.nft.list(name) ?? "", name);
      assert.deepEqual(reading, { listing, declaration: [], others: [] });
    }
  }
}

Deno.test("CNP-14 the system's nft takes the tables that lead DNS answers, and lists what it should", () =>
  assertTables());

const newer = await newerNft();
if ("missing" in newer) say(`Debian 13's nft cannot be had, its test is ignored: ${newer.missing}`);

Deno.test({
  name: "CNP-14 Debian 13's nft takes them, too",
  ignore: "missing" in newer,
  fn: () => assertTables("missing" in newer ? undefined : newer.command),
});
