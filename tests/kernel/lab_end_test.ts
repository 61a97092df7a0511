import assert from "node:assert/strict";
import { until } from "../lab/clock.ts";
import { inNetns } from "../lab/netns.ts";
import { Network } from "../lab/network.ts";
import { runTool } from "../lab/tool.ts";
import { exists } from "../lab/exists.ts";

const waiting = "setInterval(() => {}, 1000);";
const failing = `throw new Error("as it may happen");`;

/** How a process ends -> what it does with its network until then. */
const ends = {
  SIGINT: waiting,
  SIGTERM: waiting,
  SIGKILL: waiting,
  "an exception": failing,
  "an exception while it is being removed": `
    void network[Symbol.asyncDispose]();
    await until("it has begun", () => !exists("/run/netns/" + network.host("fabric").netns));
    ${failing}`,
} as const;

for (const [end, script] of Object.entries(ends)) {
  Deno.test(`nothing is left of a network whose process ends by ${end}`, async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", childScript(script)],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    const { prefix, folder } = JSON.parse(value) as Pick<Network, "prefix" | "folder">;
    if (script === waiting) child.kill(end as Deno.Signal);
    await reader.cancel();
    assert.equal((await child.status).success, false);
    await until("its namespaces and its folder are gone", () => {
      const names = [...Deno.readDirSync("/run/netns")].map(({ name }) => name);
      return !names.some((name) => name.startsWith(prefix)) && !exists(folder);
    });
  });
}

Deno.test("what a dead process left behind is collected when the next network is made", async () => {
  const child = new Deno.Command("true").spawn();
  await child.status;
  const name = `hr-${child.pid}-left`;
  await runTool("ip", ["netns", "add", name]);
  const sleeper = inNetns(name, () => new Deno.Command("sleep", { args: ["60"] }).spawn());
  await using _network = await Network.create({ nodes: [] });
  assert.equal((await sleeper.status).signal, "SIGKILL");
  assert.equal(exists(`/run/netns/${name}`), false);
});

function childScript(script: string): string {
  const load = (module: string): string => `await import("${new URL(module, import.meta.url)}")`;
  return `
    const { Network } = ${load("../lab/network.ts")};
    const { until } = ${load("../lab/clock.ts")};
    const { exists } = ${load("../lab/exists.ts")};
    const network = await Network.create({ nodes: [{ name: "n1", pods: ["a/1"] }] });
    const { prefix, folder } = network;
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ prefix, folder })));
    ${script}`;
}
