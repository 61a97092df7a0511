// This module is pure.

/** How many are remembered. */
const most = 20_000;

/**
 * The names that only wildcards mean: as many as somebody likes to ask for, so not all of them can
 * be remembered. One that stands for nothing now opens nothing, and gives way to others.
 */
export class Crowd {
  readonly #names = new Set<string>();
  /** Those that stand for nothing now, the one that has done so for longest first. */
  readonly #idle = new Set<string>();

  /** Whether one has to give way before another comes. */
  get isFull(): boolean {
    return this.#names.size >= most;
  }

  /** Whose turn it is to give way; undefined where all stand for something. */
  get next(): string | undefined {
    for (const name of this.#idle) return name;
    return undefined;
  }

  /** Takes a name, once more or for the first time. */
  set(name: string, { isIdle }: { readonly isIdle: boolean }): void {
    this.#names.add(name);
    if (isIdle) this.#idle.add(name);
    else this.#idle.delete(name);
  }

  /** A name is forgotten. */
  delete(name: string): void {
    this.#names.delete(name);
    this.#idle.delete(name);
  }
}
