import { dirname } from "node:path";

/** Puts a file in its place, whole or not at all: `fill` makes it under another name. */
export async function replaceFile(
  path: string,
  mode: number,
  fill: (aside: string) => Promise<void>,
): Promise<void> {
  const aside = await Deno.makeTempFile({ dir: dirname(path), prefix: ".hedgerow-" });
  try {
    await fill(aside);
    await Deno.chmod(aside, mode);
    await Deno.rename(aside, path);
  } catch (error) {
    await Deno.remove(aside).catch(() => {});
    throw error;
  }
}

/** The bytes of a file; undefined where there is none. */
export async function tryRead(path: string): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
