import { runTool } from "../../lab/tool.ts";

const program = new URL("../../../main.ts", import.meta.url).pathname;

/**
 * Puts the program into a folder as an executable has it in itself, bundled and small, and lets Deno
 * look at it beforehand, as is done when one is built. Gives the path of what starts it.
 */
export async function bundleProgram(folder: string): Promise<string> {
  const flags = ["--quiet", "--frozen", "--minify", "--code-splitting", "--platform", "deno"];
  await runTool(Deno.execPath(), ["bundle", ...flags, "--outdir", folder, program]);
  const bundled = `${folder}/main.js`;
  await runTool(Deno.execPath(), ["cache", "--quiet", bundled]);
  return bundled;
}
