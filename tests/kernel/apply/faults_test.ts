import { deepEqual, equal, match, ok } from "node:assert/strict";
import { Nft } from "../../../lib/apply/nft.ts";
import { Table } from "../../../lib/apply/table.ts";
import type { Listing } from "../../../lib/model/listing.ts";
import { step } from "./listings.ts";
import { Namespace, run } from "./namespace.ts";
import { type Behaviour, StandIn } from "./stand_in.ts";

/** What a test of an unreliable nft works with. */
interface Bench {
  readonly table: Table;
  readonly standIn: StandIn;
  readonly namespace: Namespace;
}

async function withBench(
  behaviour: Behaviour,
  run: (bench: Bench) => Promise<void>,
): Promise<void> {
  await using namespace = await Namespace.make();
  await using standIn = await StandIn.make(namespace, behaviour);
  const nft = new Nft({ command: standIn.command });
  const table = new Table(nft, { sessionDeadlineMs: 600, retryDelayMs: 1 });
  try {
    await run({ table, standIn, namespace });
  } finally {
    await table.close();
  }
}

/** Holds the kernel against a full load of the same table by the real nft. */
async function isAsWanted({ namespace, table }: Bench, count: number): Promise<void> {
  await using other = await Namespace.make();
  const fresh = new Table(other.nft);
  await fresh.apply(step(count));
  await fresh.close();
  deepEqual(await namespace.objects(), await other.objects());
  deepEqual((await table.heal()).drift, []);
  equal(table.status.failed, 0);
  equal(table.status.replaced, 0);
}

/** 200 changes; every sixteenth one meets a signal somewhere in the middle. */
async function changesUnder(signal: Deno.Signal, bench: Bench): Promise<number> {
  const hit = new Set<number>();
  for (let i = 1; i <= 200; i++) {
    const applied = bench.table.apply(step(i));
    if (i % 16 === 5) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
      const pid = bench.standIn.sessions().at(-1);
      if (pid !== undefined && bench.standIn.signal(signal)) hit.add(pid);
    }
    await applied;
  }
  return hit.size;
}

for (const signal of ["SIGKILL", "SIGSTOP"] as const) {
  Deno.test(`200 changes with the session under ${signal}: nothing is lost, all is counted`, async () => {
    await withBench({}, async (bench) => {
      const hits = await changesUnder(signal, bench);
      await isAsWanted(bench, 200);
      const { session } = bench.table.status.transactions;
      ok(hits >= 10, `only ${hits} sessions were hit`);
      equal(session.losses, hits);
      equal(session.starts, bench.standIn.sessions().length);
      equal(session.starts, hits + 1);
    });
  });
}

/** A table with one address that is watched, for five minutes from when it was given to a sandbox. */
function watching(sandbox: string): Listing {
  const elements = new Map([["10.0.0.9", `10.0.0.9 comment "${sandbox}"`]]);
  const declaration = ["typeof ip saddr", "size 65535", "flags dynamic,timeout", "timeout 5m"];
  const base = step(1);
  return {
    ...base,
    sets: new Map([...base.sets, ["watched4", { kind: "set", declaration, elements }]]),
  };
}

Deno.test("a session that is lost in what is left of a change: what came is given all of its time", async () => {
  await withBench({}, async ({ table, standIn, namespace }) => {
    await table.apply(watching("first"));
    const brief = "add element inet hedgerow watched4 { 10.0.0.9 expires 9s }";
    await namespace.load(`delete element inet hedgerow watched4 { 10.0.0.9 }; ${brief}`);
    await table.enforce(watching("next"));
    ok(standIn.signal("SIGSTOP"));
    await table.finish();
    const nft = ["list", "set", "inet", "hedgerow", "watched4"];
    match(
      await run(namespace.command[0], [...namespace.command.slice(1), ...nft]),
      /expires (?:4m|5m )/,
    );
    equal(table.status.transactions.session.losses, 1);
    deepEqual((await table.heal()).drift, []);
  });
});

/** Lets the real session run, and in the place of its sixth error does something else. */
function afterFiveErrors(instead: string): Behaviour {
  return {
    session: `
  nft -i 2>&1 > /dev/null | {
    n=0
    while IFS= read -r line; do
      case $line in Error:*) n=$((n + 1)); [ $n -eq 6 ] && { ${instead}; continue; } ;; esac
      printf '%s\\n' "$line"
    done
  } >&2
  exit 0`,
  };
}

/** How a session may go wrong; each is found out and costs one session in six changes. */
const faults: readonly (readonly [string, string])[] = [
  ["nonsense before its answer", `echo 'Segmentation fault, almost'; printf '%s\\n' "$line"`],
  ["nonsense in the place of its answer", "echo 100%"],
  ["another sentinel", "echo 'Error: syntax error, unexpected newline'; echo sync_999_x; echo ^"],
  ["less than its answer", "true"],
  ["nothing any more", "exec cat > /dev/null"],
  ["a warning nobody knows", `echo 'Warning: all is well'; printf '%s\\n' "$line"`],
  ["half an answer, and ends", "printf 'Error: syn'; exit 0"],
];

for (const [name, instead] of faults) {
  Deno.test(`a session that says ${name}: given up, read back, replaced`, async () => {
    await withBench(afterFiveErrors(instead), async (bench) => {
      for (let i = 1; i <= 12; i++) await bench.table.apply(step(i));
      await isAsWanted(bench, 12);
      const { transactions, retries, readBacks } = bench.table.status;
      ok(transactions.session.losses >= 2, `${transactions.session.losses} losses`);
      equal(retries, transactions.session.losses);
      ok(readBacks > retries);
      ok(transactions.bySession > transactions.bySpawn);
    });
  });
}

Deno.test("a session that tells of an error that was none: read back, nothing is done twice", async () => {
  const lie =
    `echo 'Error: Could not process rule: Device or resource busy'; printf '%s\\n' "$line"`;
  await withBench(afterFiveErrors(lie), async (bench) => {
    for (let i = 1; i <= 40; i++) await bench.table.apply(step(i));
    await isAsWanted(bench, 40);
    const { session } = bench.table.status.transactions;
    deepEqual([session.refused, session.losses, session.starts], [1, 0, 1]);
  });
});

Deno.test("an nft that has no sessions: after some attempts everything is spawned", async () => {
  const session = "echo 'Error: interactive CLI not supported in this build' >&2; exit 1";
  await withBench({ session }, async (bench) => {
    for (let i = 1; i <= 20; i++) await bench.table.apply(step(i));
    await isAsWanted(bench, 20);
    const { session, bySession } = bench.table.status.transactions;
    deepEqual([session.starts, session.losses, bySession], [5, 5, 0]);
  });
});

Deno.test("a spawned nft that is refused at first is tried again", async () => {
  const otherwise = `
  case " $* " in *" -f "*)
    echo x >> $folder/tries
    [ $(wc -l < $folder/tries) -lt 3 ] && { echo 'Error: Could not process rule: Device or resource busy' >&2; exit 1; } ;;
  esac`;
  await withBench({ session: "exit 1", otherwise }, async (bench) => {
    await bench.table.apply(step(1));
    await isAsWanted(bench, 1);
    equal(bench.table.status.retries, 3);
  });
});

Deno.test("a listing that nobody understands: the table is replaced as the last way", async () => {
  const otherwise = `
  case " $* " in *" list "*)
    [ -e $folder/strange ] && { printf 'table inet hedgerow {\\n\\tchain "a b" {\\n\\t}\\n}\\n'; exit 0; } ;;
  *" -f "*) rm -f $folder/strange ;;
  esac`;
  await withBench({ otherwise }, async (bench) => {
    await bench.table.apply(step(1));
    const before = await bench.namespace.objects();
    await Deno.writeTextFile(`${bench.standIn.folder}/strange`, "");
    const { drift } = await bench.table.heal();
    deepEqual(drift.map(({ kind }) => kind), ["table unreadable"]);
    match(drift[0]?.text ?? "", /Cannot read listing: found "chain \\"a b\\"" in the table/);
    deepEqual(await bench.namespace.objects(), before);
    equal(bench.table.status.replaced, 1);
    deepEqual((await bench.table.heal()).drift, []);
  });
});

Deno.test("a script is whole before nft sees it: whoever writes it may be killed at any instant", async () => {
  await using namespace = await Namespace.make();
  const behaviour = {
    otherwise: 'for file; do :; done; case "$*" in *-f*) wc -c <"$file" >>$folder/seen ;; esac',
  };
  await using standIn = await StandIn.make(namespace, behaviour);
  const nft = new Nft({ command: standIn.command });
  const script = "add table inet hedgerow\n".repeat(20_000);
  await nft.run(script);
  equal(Deno.readTextFileSync(`${standIn.folder}/seen`).trim(), `${script.length}`);
});
