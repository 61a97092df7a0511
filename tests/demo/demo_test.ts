import assert from "node:assert/strict";
import { until } from "../lab/clock.ts";

const demo = new URL("demo.ts", import.meta.url).pathname;

Deno.test("the demo finds reality as specified, fits 100 columns, and leaves nothing", async () => {
  const { success, stdout } = await start().output();
  const text = new TextDecoder().decode(stdout);
  assert.ok(success, text);
  assert.match(text, /✔ 12 steps, 2160 attempts to connect, all as the specification says/);
  assert.match(text, /shop\/cart → shop\/db .* cut [\d.]+ and [\d.]+ ms after the event/);
  assert.match(text, /kube-system\/dns → shop\/web .* cut [\d.]+ ms after the event/);
  assert.match(text, /shop\/web → shop\/cart .* lives on, 0 packets lost/);
  assert.match(text, /Nothing is left: no network namespace, no agent, no table/);
  assert.deepEqual(text.split("\n").filter((line) => [...line].length > 100), []);
  assert.ok(!text.includes("\x1b"), "no colours where it is no terminal");
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.test(`the demo takes everything down when ${signal} interrupts it`, async () => {
    const child = start();
    const mine = (): readonly string[] => namesBy(child.pid);
    await until("it has built its network", () => mine().length > 5);
    child.kill(signal);
    const { code } = await child.output();
    assert.equal(code, signal === "SIGINT" ? 130 : 143);
    assert.deepEqual(mine(), []);
  });
}

function start(): Deno.ChildProcess {
  const args = ["run", "-A", "--frozen", demo];
  return new Deno.Command(Deno.execPath(), { args, stdout: "piped", stderr: "inherit" }).spawn();
}

/** The network namespaces that belong to a process. */
function namesBy(pid: number): readonly string[] {
  const names = [...Deno.readDirSync("/run/netns")].map(({ name }) => name);
  return names.filter((name) => name.startsWith(`hr-${pid}-`));
}
