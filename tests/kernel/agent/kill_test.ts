import { deepEqual, equal, ok } from "node:assert/strict";
import { Agent } from "../../lab/agent.ts";
import { until } from "../../lab/clock.ts";
import { readTable } from "../../lab/kernel_table.ts";
import { nftScript } from "./nft_script.ts";
import { besiege } from "./siege.ts";
import { createShop, letIn } from "./shop.ts";

Deno.test("kill -9 at random instants during 200 changes: nothing gets through, and all is enforced after", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  await besiege(cluster, {
    times: 12,
    happen: async () => {
      const agent = cluster.agent("n1");
      await agent.stop("SIGKILL");
      agent.start();
      await agent.ready();
    },
  });
});

Deno.test("SIGTERM ends the agent at once, and leaves the table, and no script", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  cluster.put(letIn("own", "web", "api"));
  await cluster.settled();
  const before = await readTable(cluster.lab.host("n1"));
  const scripts = (): readonly string[] => scriptsIn(`${cluster.lab.network.folder}/n1`);
  equal(scripts().length, 1, "the session's");
  const { success } = await cluster.agent("n1").stop("SIGTERM");
  ok(success, "it ends with 0");
  deepEqual(scripts(), []);
  const after = await readTable(cluster.lab.host("n1"));
  equal(after?.listing.chains.size, before?.listing.chains.size);
  ok(before !== undefined && before.listing.chains.size > 8, "there was something to leave");
});

Deno.test("SIGTERM in the middle of a change: it is in the kernel before the next agent may begin", async () => {
  await using cluster = await createShop();
  const folder = `${cluster.lab.network.folder}/slow`;
  await cluster.startAgents([], { PATH: await nftScript(folder, slow(folder)) });
  const { length: before } = runs(folder, "begun");
  cluster.put(letIn("own", "web", "api"));
  await until("a load has begun", () => runs(folder, "begun").length > before);
  const agent = cluster.agent("n1");
  agent.signal("SIGTERM");
  const { success } = await agent.exit;
  ok(success, "it ends with 0");
  deepEqual(runs(folder, "ended"), runs(folder, "begun"));
});

// The first look at the table is before there is a lock, the second behind it.
for (const look of [1, 2]) {
  Deno.test(`SIGTERM before anything is served, at look ${look} at the table, ends the agent, too`, async () => {
    await using cluster = await createShop();
    const folder = `${cluster.lab.network.folder}/slow`;
    const PATH = await nftScript(folder, slowlyListing(folder));
    const args = [...cluster.source.agentArgs, "--socket", `${folder}/agent.sock`];
    await using agent = new Agent({ node: cluster.lab.host("n1"), args, env: { PATH } });
    await until("it looks", () => runs(folder, "begun").length === look);
    agent.signal("SIGTERM");
    await until("it ends", () => !agent.isRunning);
    equal((await agent.exit).code, 0, agent.log.join("\n"));
  });
}

/** An nft that takes a second to list, and writes down when it begins. */
function slowlyListing(folder: string): (real: string) => string {
  return (real) =>
    `case "$*" in *list*) touch ${folder}/begun-$$; sleep 1 ;; esac
exec ${real} "$@"
`;
}

/** An nft without sessions that takes a second for a load, and writes down each. */
function slow(folder: string): (real: string) => string {
  return (real) =>
    `[ "$1" != -i ] || exit 1
[ "$1" = -f ] || exec ${real} "$@"
touch ${folder}/begun-$$
sleep 1
${real} "$@"
code=$?
touch ${folder}/ended-$$
exit $code
`;
}

/** The runs that a slow nft has written down, by its process numbers. */
function runs(folder: string, what: "begun" | "ended"): readonly string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name }) => {
    const [found, number = ""] = name.split("-");
    return found === what ? [number] : [];
  }).sort();
}

function scriptsIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => /nft$/.test(name));
}

Deno.test("a newcomer syncs, waits for the old agent to end, and takes over in place", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  cluster.put(letIn("own", "web", "api"));
  await cluster.settled();
  const socket = ["--socket", `${cluster.lab.network.folder}/n1/agent.sock`];
  const args = [...cluster.source.agentArgs, ...socket];
  await using newcomer = new Agent({ node: cluster.lab.host("n1"), args });
  const isWaiting = (agent: Agent): boolean => agent.log.some((line) => line.includes("waiting"));
  await until("the newcomer waits", () => isWaiting(newcomer));
  await using third = new Agent({ node: cluster.lab.host("n1"), args });
  await until("a third one waits", () => isWaiting(third));
  third.signal("SIGHUP"); // there is nothing to read back yet, and nothing to end for
  equal((await third.stop("SIGTERM")).code, 0, "who waits ends at once, too");
  await cluster.agent("n1").stop("SIGTERM");
  await newcomer.ready();
  cluster.put(letIn("own", "web", "guest"));
  await cluster.settled();
  equal(await newcomer.metric("hedgerow_drift_repaired_total").catch(() => 0), 0);
});
