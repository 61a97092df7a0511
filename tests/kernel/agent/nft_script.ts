/**
 * Puts a script in the place of nft; gives the PATH on which it is found first.
 *
 * @param folder Where it may lie; made.
 * @param script What stands behind `#!/bin/sh`; it is told the path of the real nft.
 */
export async function nftScript(
  folder: string,
  script: (real: string) => string,
): Promise<string> {
  const which = await new Deno.Command("sh", { args: ["-c", "command -v nft"] }).output();
  const real = new TextDecoder().decode(which.stdout).trim();
  await Deno.mkdir(folder);
  await Deno.writeTextFile(`${folder}/nft`, `#!/bin/sh\n${script(real)}`, { mode: 0o755 });
  return `${folder}:${Deno.env.get("PATH")}`;
}
