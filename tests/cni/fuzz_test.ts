import { equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { execute, prevResult } from "./runtime.ts";

/** Anything at all, and what is nearly right: the usual configuration with odd values in it. */
const inputs = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.json(),
  fc.dictionary(
    fc.constantFrom(
      ...["cniVersion", "name", "prevResult", "socket", "timeout", "whenDown", "args", "else"],
    ),
    fc.oneof(
      fc.jsonValue(),
      fc.constantFrom("1.0.0", "/nonexistent/a.sock", "100ms", "allow", prevResult),
      fc.record({ ips: fc.array(fc.record({ address: fc.string(), interface: fc.integer() })) }),
    ),
  ).map((odd) =>
    JSON.stringify({
      ...{ cniVersion: "1.1.0", name: "pods", type: "hedgerow-cni", timeout: "100ms" },
      ...{ socket: "/nonexistent/a.sock", prevResult, ...odd },
    })
  ),
);

const words = fc.string({ unit: "binary", maxLength: 20 }).filter((text) => !text.includes("\0"));

const executions = fc.record({
  command: fc.constantFrom("ADD", "DEL", "CHECK", "STATUS", "GC", "VERSION", "", "add"),
  input: inputs,
  env: fc.oneof(
    { weight: 3, arbitrary: fc.constant({ CNI_ARGS: "" }) }, // nobody is asked: quick
    {
      weight: 1,
      arbitrary: fc.record(
        { CNI_ARGS: words, CNI_CONTAINERID: words, CNI_IFNAME: words, CNI_NETNS: words },
        { requiredKeys: [] },
      ),
    },
  ),
});

Deno.test("whatever it is executed with, the plugin ends with an answer of the specification's form", async () => {
  const seed = Number(Deno.env.get("HEDGEROW_FUZZ_SEED") ?? Date.now() % 2 ** 31);
  await fc.assert(
    fc.asyncProperty(executions, async (execution) => {
      const { exitCode, output } = await execute(execution);
      if (exitCode === 0 && output === "") return;
      const said = JSON.parse(output) as Record<string, unknown>;
      equal(typeof said, "object");
      if (exitCode === 0) return;
      equal(exitCode, 1);
      ok(Number.isInteger(said.code) && typeof said.msg === "string", output);
      ok(said.code !== 999, `nothing unforeseen: ${output}`);
    }),
    { seed, numRuns: 1000 },
  );
});

Deno.test("nesting without end is an error, and no crash", async () => {
  const deep = "[".repeat(200_000) + "]".repeat(200_000);
  const input = `{"cniVersion":"1.1.0","name":"pods","prevResult":{"ips":${deep}}}`;
  const { exitCode, output } = await execute({ input });
  equal(exitCode, 1);
  ok(Number.isInteger((JSON.parse(output) as { readonly code: number }).code));
});
