/** What the names of scripts look like, so that those of an agent that was killed are found. */
const [prefix, suffix] = ["script-", ".nft"] as const;

/** Tells whether a file has the name of a script. */
export function isScript(name: string): boolean {
  return name.startsWith(prefix) && name.endsWith(suffix);
}

/**
 * A file in which nft finds a script. From a pipe it would take half of one for the whole, were we
 * killed in the middle of writing.
 */
export class ScriptFile {
  readonly #folder: string | undefined;
  #path: string | undefined;

  /** Nothing is there before the first script; undefined: the system's folder for such files. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Puts a script in the place of the last one and gives its path. */
  async write(script: string): Promise<string> {
    const dir = this.#folder === undefined ? {} : { dir: this.#folder };
    this.#path ??= await Deno.makeTempFile({ ...dir, prefix, suffix });
    await Deno.writeTextFile(this.#path, script);
    return this.#path;
  }

  /** Removes it, if it is there. */
  async remove(): Promise<void> {
    const path = this.#path;
    this.#path = undefined;
    if (path !== undefined) await Deno.remove(path);
  }
}
