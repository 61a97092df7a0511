// This module is pure.

/** How many addresses are remembered. */
const most = 50_000;

/**
 * The names that only wildcards mean: as many as somebody likes to ask for, with as many addresses as
 * who answers likes to tell, so not all of them can be remembered. A name that stands for nothing now
 * opens nothing, and gives way to others.
 */
export class Crowd {
  /** name -> how many addresses are remembered of it */
  readonly #sizes = new Map<string, number>();
  /** Those that stand for nothing now, the one that has done so for longest first. */
  readonly #idle = new Set<string>();
  #size = 0;

  /** How many addresses more can be remembered before a name has to give way. */
  get room(): number {
    return Math.max(0, most - this.#size);
  }

  /** Whose turn it is to give way to a name; undefined where all others stand for something. */
  nextFor(name: string): string | undefined {
    for (const idle of this.#idle) if (idle !== name) return idle;
    return undefined;
  }

  /** Takes a name, once more or for the first time. */
  set(name: string, { size, isIdle }: { readonly size: number; readonly isIdle: boolean }): void {
    this.#size += size - (this.#sizes.get(name) ?? 0);
    this.#sizes.set(name, size);
    if (isIdle) this.#idle.add(name);
    else this.#idle.delete(name);
  }

  /** A name is forgotten. */
  delete(name: string): void {
    this.#size -= this.#sizes.get(name) ?? 0;
    this.#sizes.delete(name);
    this.#idle.delete(name);
  }
}
