import { Nft } from "../apply/nft.ts";
import type { UninstallOptions } from "../cli/install_options.ts";
import type { TableName } from "../model/table_name.ts";
import { ConfigFolder } from "./config_folder.ts";
import { Executable } from "./executable.ts";
import { tell } from "./tell.ts";

const tables: readonly TableName[] = [
  "inet hedgerow",
  "bridge hedgerow",
  "ip hedgerow-dns",
  "ip6 hedgerow-dns",
];

/** Undoes what `install` did, and removes our tables; says what it did. */
export async function runUninstall(options: UninstallOptions): Promise<void> {
  // The configuration first: with it, and without the executable, every pod would fail.
  const done = [
    ...await new ConfigFolder(options.cniConfDir).remove(),
    ...await new Executable(options.cniBinDir).remove(),
    ...await removeTables(),
  ];
  tell(done.length === 0 ? ["there was nothing to be taken away"] : done);
  if (!await answers(options.socket)) return;
  tell([`an agent answers at ${options.socket}: it makes its tables anew until it is stopped`]);
}

async function removeTables(): Promise<readonly string[]> {
  const nft = new Nft();
  const done: string[] = [];
  for (const table of tables) {
    if (await nft.list(table, { terse: true }) === undefined) continue;
    await nft.run(`delete table ${table}\n`);
    done.push(`removed table ${table}`);
  }
  return done;
}

async function answers(socket: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path: socket })).close();
    return true;
  } catch {
    return false;
  }
}
