import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { Nft } from "../../../lib/apply/nft.ts";
import { NftError } from "../../../lib/apply/nft_error.ts";
import { Session } from "../../../lib/apply/session.ts";
import { SessionLost } from "../../../lib/apply/session_process.ts";
import { Namespace } from "./namespace.ts";
import { StandIn } from "./stand_in.ts";

interface Bench {
  readonly session: Session;
  readonly standIn: StandIn;
  readonly namespace: Namespace;
  /** Where the session's files are. */
  readonly folder: string;
}

interface WithOptions {
  /** What the name of the session's folder begins with. */
  readonly prefix?: string;
  readonly mostAsked?: number;
}

async function withSession(
  run: (bench: Bench) => Promise<void>,
  { prefix = "hr-", mostAsked = 4096 }: WithOptions = {},
): Promise<void> {
  await using namespace = await Namespace.make();
  await using standIn = await StandIn.make(namespace);
  const folder = Deno.makeTempDirSync({ prefix });
  const nft = new Nft({ command: standIn.command, folder });
  const session = new Session(nft, { deadlineMs: 500, mostAsked });
  try {
    await session.run(["add table inet hedgerow", "add chain inet hedgerow a"]);
    await run({ session, standIn, namespace, folder });
  } finally {
    await session.close();
    Deno.removeSync(folder, { recursive: true });
  }
}

Deno.test("each transaction is in the kernel when its promise is kept, in one process", async () => {
  await withSession(async ({ session, standIn, namespace }) => {
    for (let i = 0; i < 300; i++) {
      await session.run([
        `add set inet hedgerow s${i} { typeof ip saddr; comment "a; b # {c}: 'd'"; }`,
        `add element inet hedgerow s${i} { 10.0.0.1 comment "x, y; z }" }`,
      ]);
      if (i % 50 === 0) match(await namespace.list(), new RegExp(`set s${i} `));
    }
    deepEqual(session.status, { lines: 301, refused: 0, starts: 1, losses: 0 });
    equal(standIn.sessions().length, 1);
  });
});

Deno.test("nft never forgets a line: a process that has had its share is replaced, and that is no loss", async () => {
  await withSession(async ({ session, standIn, namespace }) => {
    for (let i = 0; i < 35; i++) await session.run([`add chain inet hedgerow c${i}`]);
    const chains = (await namespace.list()).match(/chain c\d+ /g) ?? [];
    equal(chains.length, 35);
    deepEqual(session.status, { lines: 36, refused: 0, starts: 4, losses: 0 });
    equal(standIn.sessions().length, 4);
  }, { mostAsked: 10 });
});

Deno.test("what is refused is told apart from what is done, and the session goes on", async () => {
  await withSession(async ({ session, namespace }) => {
    for (let i = 0; i < 20; i++) {
      const bad = [`add chain inet hedgerow half${i}`, "add rule inet hedgerow nowhere accept"];
      await rejects(session.run(bad), (error) => {
        ok(error instanceof NftError);
        equal(error.kind, "refused");
        match(error.message, /^Cannot apply a transaction: .*No such file or directory/);
        return true;
      });
      await rejects(session.run(["this is no statement"]), { kind: "refused" });
      await session.run([`add chain inet hedgerow good${i}`]);
    }
    const list = await namespace.list();
    ok(!list.includes("half") && list.includes("good19"));
    deepEqual(session.status, { lines: 21, refused: 40, starts: 1, losses: 0 });
  });
});

Deno.test("a long transaction goes by a file, whole or not at all, and says which statement", async () => {
  await withSession(async ({ session, namespace, folder }) => {
    const chains = Array.from({ length: 100 }, (_, i) => `add chain inet hedgerow long${i}`);
    await rejects(session.run([...chains, "add rule inet hedgerow nowhere accept"]), {
      kind: "refused",
      message: /No such file or directory.* in line 101: add rule inet hedgerow nowhere accept/,
    });
    ok(!(await namespace.list()).includes("long"));
    await session.run(chains);
    match(await namespace.list(), /chain long99 /);
    deepEqual(session.status, { lines: 2, refused: 1, starts: 1, losses: 0 });
    equal([...Deno.readDirSync(folder)].length, 1, "one file for all of them");
    await session.run(chains.slice(0, 50).map((chain) => chain.replace("long", "after")));
    ok(!(await namespace.list()).includes("after50"), "nothing of a longer one before it");
    await session.close();
    deepEqual([...Deno.readDirSync(folder)], [], "no file is left");
  });
});

Deno.test("where somebody took the session's file away, one transaction is refused, and then it is made anew", async () => {
  await withSession(async ({ session, namespace, folder }) => {
    const chains = Array.from({ length: 100 }, (_, i) => `add chain inet hedgerow long${i}`);
    await session.run(chains.slice(0, 50));
    for (const { name } of Deno.readDirSync(folder)) Deno.removeSync(`${folder}/${name}`);
    await rejects(session.run(chains), { kind: "refused" });
    await session.run(chains);
    match(await namespace.list(), /chain long99 /);
    equal(session.status.losses, 0);
  });
});

Deno.test("where a folder's name is no plain one, a long transaction is a line", async () => {
  await withSession(async ({ session, namespace }) => {
    const chains = Array.from({ length: 100 }, (_, i) => `add chain inet hedgerow long${i}`);
    await session.run(chains);
    match(await namespace.list(), /chain long99 /);
  }, { prefix: "hr-[a] b-" });
});

Deno.test("hundreds of kilobytes go through whole", async () => {
  await withSession(async ({ session, namespace }) => {
    const elements = Array.from({ length: 9000 }, (_, i) => `10.${i >> 8}.7.${i & 255}`);
    await session.run([
      "add set inet hedgerow s { typeof ip saddr; }",
      `add element inet hedgerow s { ${elements.map((e) => `${e} comment "a/pod"`).join(", ")} }`,
    ]);
    equal((await namespace.list()).match(/a\/pod/g)?.length, 9000);
  });
});

for (
  const [flaw, statement] of [
    ["a line break", "add chain inet hedgerow x\nflush ruleset"],
    ["a carriage return", "add chain inet hedgerow x\rflush ruleset"],
    ["a second statement", "add chain inet hedgerow x; flush ruleset"],
    ["a quote that is not closed", 'add rule inet hedgerow a accept comment "x'],
    ["a brace too many", 'add chain inet hedgerow x { comment "y"; }; }'],
    ["a comment of nft's own", "add chain inet hedgerow x # and the rest is gone"],
    ["a backslash at its end", "add chain inet hedgerow x \\"],
    ["nothing", " "],
  ] as const
) {
  Deno.test(`a statement with ${flaw} never reaches nft`, async () => {
    await withSession(async ({ session, namespace }) => {
      const before = await namespace.list();
      await rejects(session.run(["add chain inet hedgerow q", statement]), {
        name: "NftError",
        kind: "refused",
        message: /^Cannot send statement: it holds /,
      });
      equal(await namespace.list(), before);
      deepEqual(session.status, { lines: 1, refused: 0, starts: 1, losses: 0 });
    });
  });
}

for (const signal of ["SIGKILL", "SIGTERM", "SIGSTOP"] as const) {
  Deno.test(`a session that meets ${signal} is lost, has ended, and the next one works`, async () => {
    await withSession(async ({ session, standIn, namespace }) => {
      ok(standIn.signal(signal));
      await rejects(session.run(["add chain inet hedgerow b"]), SessionLost);
      ok(!standIn.signal("SIGCONT"), "the lost session still runs");
      await session.run(["add chain inet hedgerow c"]);
      match(await namespace.list(), /chain c \{/);
      equal(session.status.losses, 1);
      equal(session.status.starts, 2);
    });
  });
}

Deno.test("two transactions at once are a mistake, and the first one is not disturbed", async () => {
  await withSession(async ({ session, namespace }) => {
    const first = session.run(["add chain inet hedgerow b"]);
    await rejects(session.run(["add chain inet hedgerow c"]), TypeError);
    await first;
    match(await namespace.list(), /chain b \{/);
  });
});

Deno.test("closing ends the process", async () => {
  await withSession(async ({ session, standIn }) => {
    await session.close();
    ok(!standIn.signal("SIGCONT"));
  });
});
