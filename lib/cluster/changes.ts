// This module is pure.

/** What made a pass necessary. */
export type Trigger =
  | "pod"
  | "namespace"
  | "node"
  | "policy"
  | "dns"
  | "cni"
  | "sync"
  | "expiry"
  | "reload";

/** Something that happened and is not yet in the kernel. */
export interface Change {
  /** What it was: its time to the kernel is counted under this. */
  readonly trigger: Trigger;
  /** When it was received, as `performance.now()`. */
  readonly at: number;
  /** Called when it is in the kernel, by whoever waits for that. */
  readonly enforced?: () => void;
}

/** More than this need not be remembered one by one: the pass that they ask for is the same. */
const most = 100_000;

/** The changes that the next pass will bring to the kernel. */
export class Changes {
  #pending: Change[] = [];
  #wake: () => void = () => {};

  /** How many changes wait. */
  get size(): number {
    return this.#pending.length;
  }

  /**
   * Adds a change and wakes whoever waits. Somebody waits for what runtimes and signals asked; of
   * anything else not more is remembered than there is room for, as while the kernel takes nothing.
   *
   * @returns false where there was none: `enforced` will not be called.
   */
  add(trigger: Trigger, at: number, enforced?: () => void): boolean {
    const isAsked = trigger === "cni" || trigger === "reload";
    const isKept = isAsked || this.#pending.length < most;
    if (isKept) {
      this.#pending.push(enforced === undefined ? { trigger, at } : { trigger, at, enforced });
    }
    this.#wake();
    return isKept;
  }

  /** Takes all changes, in the order in which they came. */
  take(): readonly Change[] {
    const taken = this.#pending;
    this.#pending = [];
    return taken;
  }

  /** Gives changes back that could not be brought to the kernel: the next pass has them first. */
  giveBack(changes: readonly Change[]): void {
    this.#pending = [...changes, ...this.#pending];
  }

  /** Calls back at every change that is added from now on, and at once if some wait already. */
  onAdded(wake: () => void): void {
    this.#wake = wake;
    if (this.size > 0) wake();
  }
}
