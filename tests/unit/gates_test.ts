import { ok } from "node:assert/strict";

const root = new URL("../../", import.meta.url).pathname;

async function deno(...args: readonly string[]): Promise<void> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: root,
    env: { NO_COLOR: "1" },
  }).output();
  const text = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  ok(success, `deno ${args[0]}:\n${text.slice(-2000)}`);
}

function sources(folder: string): readonly string[] {
  return [...Deno.readDirSync(`${root}${folder}`)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return sources(`${folder}/${name}`);
    return name.endsWith(".ts") ? [`${folder}/${name}`] : [];
  });
}

Deno.test("everything is formatted", () => deno("fmt", "--check"));

Deno.test("the linter has nothing to say", () => deno("lint"));

Deno.test("the types are right, also of what no test imports", () => {
  return deno("check", "main.ts", ...sources("lib"), ...sources("tests"));
});

Deno.test("every export and every public field is documented", () => {
  return deno("doc", "--lint", ...sources("lib"));
});
