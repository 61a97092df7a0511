import { mainTable } from "../../../lib/model/table_name.ts";
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { Nft } from "../../../lib/apply/nft.ts";
import { NftError, type NftErrorKind } from "../../../lib/apply/nft_error.ts";
import { isAtLeast } from "../../../lib/apply/nft_version.ts";
import { Namespace, run } from "./namespace.ts";
import { type Behaviour, StandIn } from "./stand_in.ts";

/** Checks an error's kind and its one line. */
function fails(kind: NftErrorKind, message: RegExp): (error: unknown) => boolean {
  return (error) => {
    ok(error instanceof NftError, `${error}`);
    equal(error.kind, kind);
    match(error.message, message);
    ok(!error.message.includes("\n"));
    return true;
  };
}

async function withStandIn(behaviour: Behaviour, test: (nft: Nft) => Promise<void>): Promise<void> {
  await using namespace = await Namespace.make();
  await using standIn = await StandIn.make(namespace, behaviour);
  await test(new Nft({ command: standIn.command, deadlineMs: 300 }));
}

Deno.test("an nft that can do all: its version", async () => {
  await using namespace = await Namespace.make();
  ok(isAtLeast(await namespace.nft.detect(), "1.0.6"));
});

Deno.test("no nft on PATH: said so, with what to install", async () => {
  const nft = new Nft({ command: ["nft-that-is-not-there"] });
  await rejects(
    nft.detect(),
    fails(
      "missing",
      /^Cannot find nft-that-is-not-there: not on PATH; install nftables 1\.0\.6 or newer$/,
    ),
  );
});

Deno.test("an nft that is too old: found and expected are named", async () => {
  await withStandIn(
    { otherwise: "echo 'nftables v1.0.5 (Lester Gooch #4)'; exit 0" },
    async (nft) => {
      const message = /^Cannot use nft: found 1\.0\.5, expected 1\.0\.6 or newer$/;
      await rejects(nft.detect(), fails("old", message));
    },
  );
});

Deno.test("a program that is no nft at all: what it said is shown", async () => {
  await withStandIn({ otherwise: "echo hello; exit 0" }, async (nft) => {
    await rejects(
      nft.detect(),
      fails("failed", /^Cannot use nft: found a version that reads hello,/),
    );
  });
});

Deno.test("without CAP_NET_ADMIN: said so in one line", async () => {
  await using namespace = await Namespace.make();
  const [nsenter, target, program] = namespace.command;
  const powerless = ["/usr/bin/setpriv", "--reuid=65534", "--clear-groups", program ?? ""];
  const nft = new Nft({ command: [nsenter, target ?? "", ...powerless] });
  const message = /^Cannot use nftables: the kernel does not permit it, CAP_NET_ADMIN is needed$/;
  await rejects(nft.detect(), fails("not permitted", message));
  await rejects(nft.list(), fails("not permitted", message));
});

Deno.test("scripts are cleared away, also those that meanwhile go by themselves", async () => {
  const folder = Deno.makeTempDirSync({ prefix: "hr-" });
  const nft = new Nft({ folder });
  const files = Array.from({ length: 100 }, () => nft.scriptFile());
  for (const file of files) file.write("flush ruleset");
  const clearing = nft.clear();
  for (const file of files) file.remove();
  await clearing;
  deepEqual([...Deno.readDirSync(folder)], []);
  nft.scriptFile().write("flush ruleset");
  equal(await nft.clear(), true, "there was one");
  equal(await nft.clear(), false, "there is none");
  Deno.removeSync(folder);
});

Deno.test("a table that is not there is no error, and an empty one is another thing", async () => {
  await using namespace = await Namespace.make();
  equal(await namespace.nft.list(), undefined);
  await namespace.nft.run("add table inet hedgerow\n");
  equal(await namespace.nft.list(), "table inet hedgerow {\n}\n");
});

Deno.test("terse listings leave out the elements, and nothing else", async () => {
  await using namespace = await Namespace.make();
  await namespace.load(
    "add table inet hedgerow\n" +
      "add set inet hedgerow s { typeof ip saddr; elements = { 10.0.0.1 }; }\n" +
      "add chain inet hedgerow c\nadd rule inet hedgerow c counter drop\n",
  );
  const whole = await namespace.list();
  equal(
    await namespace.nft.list(mainTable, { terse: true }),
    whole.replace(/\s*elements = .*/, ""),
  );
});

Deno.test("what is refused names nft's reason, the line and its statement; nothing is applied", async () => {
  await using namespace = await Namespace.make();
  const script = "add table inet hedgerow\nadd chain inet hedgerow a\n\n" +
    'add rule inet hedgerow a jump nowhere comment "x"\n';
  const message =
    /^Cannot apply a transaction: Could not process rule: No such file or directory in line 4: add rule inet hedgerow a jump nowhere comment "x"$/;
  await rejects(namespace.nft.run(script), fails("refused", message));
  await rejects(namespace.nft.run(script), { line: 4 });
  equal(await namespace.nft.list(), undefined);
  await rejects(
    namespace.nft.check("add table\n"),
    fails("refused", /syntax error.* in line 1: add/),
  );
  await namespace.nft.check("add table inet hedgerow\n");
  equal(await namespace.nft.list(), undefined);
});

Deno.test("a large script and its large answer do not wait for each other", async () => {
  await using namespace = await Namespace.make();
  const bad = "add rule inet hedgerow nowhere accept\n".repeat(5000);
  await rejects(
    namespace.nft.run(`add table inet hedgerow\n${bad}`),
    fails("refused", /in line 2: add rule inet hedgerow nowhere accept$/),
  );
});

Deno.test("an nft that hangs is killed at its deadline", async () => {
  await withStandIn({ otherwise: "exec sleep 60" }, async (nft) => {
    const message = /^Cannot apply a transaction: nft was killed after 300 ms$/;
    await rejects(nft.run("add table inet hedgerow\n"), fails("deadline", message));
  });
});

Deno.test("an nft that dies without a word of its own is an error that says how", async () => {
  await withStandIn({ otherwise: "kill -SEGV $$" }, async (nft) => {
    await rejects(nft.list(), fails("failed", /nft was ended by SIGSEGV/));
  });
  await withStandIn({ otherwise: "exit 3" }, async (nft) => {
    await rejects(nft.run("x\n"), fails("failed", /nft ended with code 3/));
  });
});

Deno.test("the right to run nft, and to put scripts into a folder, is all that is needed", async () => {
  await using namespace = await Namespace.make();
  const folder = await Deno.makeTempDir({ prefix: "hedgerow-permissions-" });
  try {
    const apply = import.meta.resolve("../../../lib/apply/");
    await Deno.writeTextFile(
      `${folder}/main.ts`,
      `import { Nft } from "${apply}nft.ts";
import { Session } from "${apply}session.ts";
const nft = new Nft({ folder: "${folder}/run" });
await nft.detect();
await nft.clear();
await nft.run("add table inet hedgerow\\n");
const session = new Session(nft);
await session.run(["add chain inet hedgerow a"]);
await session.close();
await nft.list();
`,
    );
    await Deno.mkdir(`${folder}/run`);
    await Deno.writeTextFile(`${folder}/run/script-left.nft`, "of an agent that was killed");
    const rights = ["read", "write"].map((right) => `--allow-${right}=${folder}/run`);
    const main = ["--no-prompt", "--allow-run=nft", ...rights, `${folder}/main.ts`];
    const deno = [Deno.execPath(), "run", ...main];
    await run("nsenter", [`--net=/run/netns/${namespace.name}`, ...deno]);
    equal(await namespace.list(), "table inet hedgerow {\n\tchain a {\n\t}\n}\n");
    equal([...Deno.readDirSync(`${folder}/run`)].length, 0, "no script is left");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("a kernel parameter, which Deno keeps from us, is read; one that is not there is not", async () => {
  const nft = new Nft();
  const folder = "/proc/sys/net/ipv4";
  equal(
    await nft.quote(`${folder}/ip_forward`),
    Deno.readTextFileSync(`${folder}/ip_forward`).trim(),
  );
  equal(await nft.quote(`${folder}/no_such_parameter`), undefined);
  await rejects(nft.quote("/dev/null"), fails("failed", /^Cannot read \/dev\/null: $/));
});
