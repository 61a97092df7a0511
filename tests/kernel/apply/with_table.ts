import { Table } from "../../../lib/apply/table.ts";
import type { TableOptions } from "../../../lib/apply/table_options.ts";
import type { Listing } from "../../../lib/model/listing.ts";
import { Namespace } from "./namespace.ts";

/** Runs a test with a table in a network namespace of its own. */
export async function withTable(
  run: (table: Table, namespace: Namespace) => Promise<void>,
  options: Pick<TableOptions, "turns"> = {},
): Promise<void> {
  await using namespace = await Namespace.make();
  const table = new Table(namespace.nft, { ...options, retryDelayMs: 1 });
  try {
    await run(table, namespace);
  } finally {
    await table.close();
  }
}

/** What a fresh full load of a listing looks like. */
export async function fresh(listing: Listing): Promise<readonly string[]> {
  await using namespace = await Namespace.make();
  const table = new Table(namespace.nft);
  await table.apply(listing);
  await table.close();
  return await namespace.objects();
}
