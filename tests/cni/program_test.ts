import { deepEqual, equal } from "node:assert/strict";
import { prevResult } from "./runtime.ts";

const root = new URL("../../", import.meta.url).pathname;

interface Run {
  readonly code: number;
  readonly stdout: string;
}

async function run(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Run> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: root,
    env: { ...env, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  const config = { cniVersion: "1.1.0", name: "pods", type: "hedgerow-cni", prevResult };
  await writer.write(new TextEncoder().encode(JSON.stringify(config)));
  await writer.close();
  const { code, stdout } = await child.output();
  return { code, stdout: new TextDecoder().decode(stdout) };
}

const attachment = { CNI_CONTAINERID: "c1", CNI_NETNS: "/run/netns/x", CNI_IFNAME: "eth0" };

Deno.test("from a checkout the plugin is a task, with permissions of its own", async () => {
  const env = { CNI_COMMAND: "ADD", ...attachment };
  const { code, stdout } = await run(Deno.execPath(), ["task", "--quiet", "cni"], env);
  deepEqual({ code, stdout }, { code: 0, stdout: `${JSON.stringify(prevResult)}\n` });
});

for (const how of ["copied", "linked"] as const) {
  Deno.test(`${how} as hedgerow-cni and called without arguments, the program is the plugin`, async () => {
    const folder = await Deno.makeTempDir();
    try {
      const path = `${folder}/hedgerow-cni`;
      await (how === "copied" ? Deno.copyFile : Deno.symlink)(Deno.execPath(), path);
      const args = ["run", "--no-prompt", "--frozen", "--allow-env=CNI_COMMAND", "main.ts"];
      const { code, stdout } = await run(path, args, { CNI_COMMAND: "NONE" });
      equal(code, 1);
      equal((JSON.parse(stdout) as { readonly code: number }).code, 4);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
}

Deno.test("the plugin's way through the program loads nothing of the agent, and no package", async () => {
  const main = await Deno.readTextFile(`${root}main.ts`);
  deepEqual([...main.matchAll(/^import (?!type ).*/gm)].map(([line]) => line), []);
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "lib/cni/plugin.ts"],
    cwd: root,
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly modules: readonly { readonly specifier: string }[];
  };
  const others = modules.map(({ specifier }) => specifier)
    .filter((specifier) => !/\/lib\/(?:cni|decode|model)\/\w+\.ts$/.test(specifier));
  deepEqual(others, []);
});
