import { getLogger } from "@logtape/logtape";

const logger = getLogger(["hedgerow", "watch"]);

/**
 * Calls back when something below a directory changes. The kernel may not tell of everything
 * (links that lead elsewhere, a directory that is replaced): whoever relies on it also looks from
 * time to time, and asks to `renew`.
 */
export class ManifestWatch {
  readonly #directory: string;
  readonly #onChange: () => void;
  #watcher: Deno.FsWatcher | undefined;
  #watched: string | undefined;
  #done: Promise<void> = Promise.resolve();

  /** Nothing is watched until it is renewed for the first time. */
  constructor(directory: string, onChange: () => void) {
    this.#directory = directory;
    this.#onChange = onChange;
  }

  /**
   * Watches the directory that now stands under the path. Throws what `Deno.watchFs` throws, as
   * where the kernel's limit of watches is reached.
   */
  async renew(): Promise<void> {
    const { dev, ino } = await Deno.stat(this.#directory);
    const identity = `${dev}:${ino}`;
    if (this.#watcher !== undefined && this.#watched === identity) return;
    await this.close();
    const watcher = Deno.watchFs(this.#directory, { recursive: true });
    this.#watcher = watcher;
    this.#watched = identity;
    this.#done = this.#follow(watcher);
  }

  /** Stops watching. */
  async close(): Promise<void> {
    this.#watcher?.close();
    this.#watcher = undefined;
    await this.#done;
  }

  async #follow(watcher: Deno.FsWatcher): Promise<void> {
    try {
      for await (const { kind } of watcher) {
        if (kind !== "access") this.#onChange(); // our own reading is one
      }
    } catch (error) {
      logger.warn("Cannot go on watching {directory}: {error}", {
        ...{ directory: this.#directory, error },
      });
    }
    if (this.#watcher === watcher) this.#watcher = undefined; // the next renewal has another
  }
}
