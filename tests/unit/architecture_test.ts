import { deepEqual } from "node:assert/strict";
import { dirname, join, relative } from "node:path";

const root = join(import.meta.dirname ?? "", "../..");

/** folder -> the folders of lib/ that its files may import from, beside their own. */
const imports: Readonly<Record<string, readonly string[]>> = {
  model: [],
  decode: ["model"],
  watch: ["model", "decode"],
  cluster: ["model"],
  translate: ["model"],
  render: ["model"],
  evaluate: ["model"],
  apply: ["model", "render"],
  conditions: ["model", "watch"],
  reconcile: ["model", "cluster", "translate", "render"],
  dns: ["model", "decode"],
  serve: ["model", "decode", "cluster", "conditions", "reconcile", "watch", "dns"],
  cli: ["model", "decode", "apply"],
  cni: ["model", "decode"],
  install: ["model", "decode", "apply", "cli"],
};

/** The stages that are functions of what they are given, and of nothing else. */
const pure = ["model", "decode", "cluster", "translate", "render", "evaluate"];

/** The folders that may speak to the system. */
const system = ["watch", "dns", "apply", "serve", "cli", "cni", "install"];

interface Source {
  /** From the root, as `lib/model/port.ts`. */
  readonly path: string;
  /** The folder below lib/; "" for lib/agent.ts and main.ts. */
  readonly folder: string;
  readonly text: string;
}

Deno.test("imports go from left to right only; lib/agent.ts alone wires", async () => {
  const wrong: string[] = [];
  for (const { path, folder, text } of await sources("lib")) {
    if (folder === "") continue;
    for (const [, target] of text.matchAll(/^(?:import|export)[^"]*?from "(\.[^"]+)";/gms)) {
      const imported = relative("lib", join(dirname(path), target ?? "")).split("/")[0] ?? "";
      if (imported !== folder && !imports[folder]?.includes(imported)) {
        wrong.push(`${path} imports ${target}`);
      }
    }
  }
  deepEqual(wrong, []);
});

Deno.test("every folder of lib/ has its place among the stages", async () => {
  const folders = new Set((await sources("lib")).map(({ folder }) => folder));
  folders.delete("");
  deepEqual([...folders].sort(), Object.keys(imports).filter((name) => folders.has(name)).sort());
});

Deno.test("Deno and fetch stand only where the system is spoken to", async () => {
  const wrong = (await sources("lib"))
    .filter(({ folder }) => folder !== "" && !system.includes(folder))
    .filter(({ text }) => /\bDeno\.|\bfetch\(/.test(withoutComments(text)))
    .map(({ path }) => path);
  deepEqual(wrong, []);
});

Deno.test("pure modules say so, and know neither clock nor chance nor system", async () => {
  const impure =
    /\b(?:Deno|performance|console|process)\.|\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\b(?:fetch|setTimeout|setInterval|getLogger)\(/;
  const wrong: string[] = [];
  for (const { path, folder, text } of await sources("lib")) {
    if (!pure.includes(folder)) continue;
    if (!text.startsWith("// This module is pure.\n")) wrong.push(`${path} does not say so`);
    const found = impure.exec(withoutComments(text));
    if (found !== null) wrong.push(`${path} uses ${found[0]}`);
  }
  deepEqual(wrong, []);
});

Deno.test("nothing is silenced: the compiler and the linter (which refuses any) see all", async () => {
  const silenced = new RegExp(
    ["@ts-(?:ignore|nocheck|expect-error)", "deno-lint-" + "ignore"].join("|"),
  );
  const wrong = [...await sources("lib"), ...await sources("tests")]
    .filter(({ path }) => !path.endsWith("architecture_test.ts"))
    .flatMap(({ path, text }) => silenced.test(text) ? [path] : []);
  deepEqual(wrong, []);
});

Deno.test("a file holds one noun: no source is longer than 300 lines", async () => {
  const long = (await sources("lib"))
    .map(({ path, text }) => ({ path, lines: text.split("\n").length - 1 }))
    .filter(({ lines }) => lines > 300);
  deepEqual(long, []);
});

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

async function sources(top: string): Promise<readonly Source[]> {
  const found: Source[] = [];
  for await (const path of walk(join(root, top))) {
    const below = relative(join(root, top), path).split("/");
    found.push({
      path: relative(root, path),
      folder: below.length > 1 ? below[0] ?? "" : "",
      text: await Deno.readTextFile(path),
    });
  }
  return found.sort((a, b) => a.path < b.path ? -1 : 1);
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (path.endsWith(".ts")) yield path;
  }
}
