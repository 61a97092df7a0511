import assert from "node:assert/strict";
import { until } from "../lab/clock.ts";
import { inNetns } from "../lab/netns.ts";
import { Network } from "../lab/network.ts";
import { runTool } from "../lab/tool.ts";
import { exists } from "../lab/exists.ts";

for (const end of ["SIGINT", "SIGTERM", "SIGKILL", "an exception"] as const) {
  Deno.test(`nothing is left of a network whose process ends by ${end}`, async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", childScript(end === "an exception")],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    const { prefix, folder } = JSON.parse(value) as Pick<Network, "prefix" | "folder">;
    if (end !== "an exception") child.kill(end);
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

function childScript(fails: boolean): string {
  const url = new URL("../lab/network.ts", import.meta.url);
  return `import { Network } from "${url}";
    const { prefix, folder } = await Network.create({ nodes: [{ name: "n1", pods: ["a/1"] }] });
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ prefix, folder })));
    ${fails ? 'throw new Error("as it may happen")' : "setInterval(() => {}, 1000)"};`;
}
