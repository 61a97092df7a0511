/** What the names of scripts look like, so that those of an agent that was killed are found. */
const [prefix, suffix] = ["script-", ".nft"] as const;

/** Tells whether a file has the name of a script. */
export function isScript(name: string): boolean {
  return name.startsWith(prefix) && name.endsWith(suffix);
}

/**
 * A file in which nft finds a script. From a pipe it would take half of one for the whole, were we
 * killed in the middle of writing. It is written and removed at once: handing that over to another
 * thread and back costs more than the thing itself.
 */
export class ScriptFile {
  readonly #folder: string | undefined;
  #path: string | undefined;

  /** Nothing is there before the first script; undefined: the system's folder for such files. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Puts a script in the place of the last one and gives its path. */
  write(script: string): string {
    const dir = this.#folder === undefined ? {} : { dir: this.#folder };
    this.#path ??= Deno.makeTempFileSync({ ...dir, prefix, suffix });
    Deno.writeTextFileSync(this.#path, script);
    return this.#path;
  }

  /** Removes it, if it is there. */
  remove(): void {
    const path = this.#path;
    this.#path = undefined;
    if (path !== undefined) Deno.removeSync(path);
  }
}
