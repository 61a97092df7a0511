/** What the names of scripts look like, so that those of an agent that was killed are found. */
const [prefix, suffix] = ["script-", ".nft"] as const;

/** Tells whether a file has the name of a script. */
export function isScript(name: string): boolean {
  return name.startsWith(prefix) && name.endsWith(suffix);
}

/** Removes a script, if it is there: when an agent ends all are cleared, also those still in use. */
export function removeScript(path: string): void {
  try {
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * A file in which nft finds a script. From a pipe it would take half of one for the whole, were we
 * killed in the middle of writing. It is written at once: handing that over to another thread and
 * back costs more than the thing itself.
 */
export class ScriptFile {
  readonly #folder: string | undefined;
  #open: { readonly path: string; readonly file: Deno.FsFile } | undefined;

  /** Nothing is there before the first script; undefined: the system's folder for such files. */
  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** Puts a script in the place of the last one and gives its path, which stays the same. */
  write(script: string): string {
    this.#open ??= this.#make();
    const { path, file } = this.#open;
    file.truncateSync();
    file.seekSync(0, Deno.SeekMode.Start);
    for (let rest = encoder.encode(script); rest.length > 0;) {
      rest = rest.subarray(file.writeSync(rest));
    }
    return path;
  }

  /** Removes it, if it is there. */
  remove(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    open.file.close();
    removeScript(open.path);
  }

  #make(): { readonly path: string; readonly file: Deno.FsFile } {
    const dir = this.#folder === undefined ? {} : { dir: this.#folder };
    const path = Deno.makeTempFileSync({ ...dir, prefix, suffix });
    return { path, file: Deno.openSync(path, { write: true }) };
  }
}

const encoder = new TextEncoder();
