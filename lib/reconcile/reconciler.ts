import { getLogger } from "@logtape/logtape";
import type { ClusterStore } from "../cluster/store.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import { Attempts } from "./attempts.ts";
import { Desired } from "./desired.ts";
import { Inquiry } from "./inquiry.ts";
import type { Kernel } from "./kernel.ts";
import { Quarantine } from "./quarantine.ts";
import type { Observer, ReconcileStatus } from "./status.ts";
import { TieLog } from "./tie_log.ts";
import { Waker } from "./waker.ts";

const logger = getLogger(["hedgerow", "reconcile"]);

/** What reconciling needs. */
export interface ReconcilerOptions {
  /** What is to be enforced; it must have no other listener for its changes. */
  readonly store: ClusterStore;
  /** Where it is enforced. */
  readonly kernel: Kernel;
  /** The node whose pods are policed, as their `spec.nodeName` has it. */
  readonly nodeName: string;
  /** Who hears of each change that has reached the kernel. */
  readonly observer: Observer;
  /** How often the table is read back, in ms. */
  readonly selfHealMs: number;
  /**
   * Whether the agent before this one was killed: an nft that it had started may have come through
   * since, so all is read back at the first time. Default: false.
   */
  readonly isAfterKill?: boolean;
  /**
   * After how long the kernel is asked about a policy that it has refused, in ms: what stood in the
   * way may have been no fault of the policy, as a want of memory. Default: 5 minutes.
   */
  readonly askAgainMs?: number;
}

/**
 * Keeps the kernel in step with the cluster's state: one pass at a time. What happens meanwhile is
 * the next pass; there is no fixed interval. Nothing is done before every kind has synced.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #desired: Desired;
  readonly #quarantine: Quarantine;
  readonly #ties = new TieLog();
  readonly #waker = new Waker();
  readonly #inquiry: Inquiry;
  readonly #passing = new Attempts("bring the cluster's state to the kernel");
  readonly #healing = new Attempts("read the table back");
  readonly #asking = new Attempts("ask about a policy in quarantine");
  #healAt = Infinity;
  /** True when all of the table is to be read back, and not only the part whose turn it is. */
  #isWholeDue: boolean;
  #policy: NodePolicy | undefined;
  #hasApplied = false;
  #passes = 0;
  #lastPassMs: number | undefined;
  #turnedAt = performance.now();

  /** Listens for changes at once, and acts on them when it runs. */
  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#isWholeDue = options.isAfterKill ?? false;
    this.#quarantine = new Quarantine(options.askAgainMs ?? 300_000);
    this.#desired = new Desired(options.nodeName);
    this.#inquiry = new Inquiry({
      kernel: options.kernel,
      listingOf: (state) => this.#desired.plain(state).listing,
    });
    options.store.changes.onAdded(() => this.#waker.wake());
  }

  /** How it fares. */
  get status(): ReconcileStatus {
    const pods = this.#policy?.pods ?? [];
    return {
      hasApplied: this.#hasApplied,
      lastError: this.#passing.lastError ?? this.#healing.lastError,
      passes: this.#passes,
      failures: this.#passing.failures + this.#healing.failures,
      lastPassMs: this.#lastPassMs,
      turnedAt: this.#turnedAt,
      isolated: {
        ingress: pods.filter((pod) => pod.ingress !== undefined).length,
        egress: pods.filter((pod) => pod.egress !== undefined).length,
      },
      groups: this.#policy?.groups.length ?? 0,
      quarantined: this.#quarantine.held,
      ties: this.#ties.ties,
    };
  }

  /**
   * Asks for a full reconcile: the table is read back and everything worked out anew, also what the
   * kernel has refused.
   */
  reload(): void {
    this.#isWholeDue = true;
    if (this.#hasApplied) this.#healAt = 0; // before that there is nothing to hold against
    for (const attempts of [this.#passing, this.#healing]) attempts.hurry();
    this.#quarantine.clear();
    this.#options.store.changes.add("reload", performance.now());
  }

  /** Runs until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { store, selfHealMs } = this.#options;
    signal.addEventListener("abort", () => this.#waker.wake());
    while (!signal.aborted) {
      this.#turnedAt = performance.now();
      await this.#waker.wait(Math.min(this.#nextDue() - this.#turnedAt, selfHealMs));
      store.expire();
      if (store.isSynced) await this.#turn(signal);
    }
  }

  #nextDue(): number {
    const { isSynced, nextExpiry = Infinity } = this.#options.store;
    if (!isSynced) return nextExpiry;
    const passAt = this.#isPassWanted() ? this.#passing.retryAt : Infinity;
    return Math.min(this.#healDue(), passAt, this.#askDue(), nextExpiry);
  }

  #healDue(): number {
    return Math.max(this.#healAt, this.#healing.retryAt);
  }

  #askDue(): number {
    return Math.max(this.#quarantine.askAt, this.#asking.retryAt);
  }

  /** Where the last one failed behind the kernel's yes, something is left to be done. */
  #isPassWanted(): boolean {
    return this.#options.store.changes.size > 0 || this.#passing.lastError !== undefined;
  }

  /** A table that cannot be read back is no reason to leave changes out of it. */
  async #turn(signal: AbortSignal): Promise<void> {
    const isTime = (at: number): boolean => !signal.aborted && performance.now() >= at;
    if (isTime(this.#healDue())) await this.#healing.run(() => this.#heal());
    if (isTime(this.#askDue())) await this.#asking.run(() => this.#ask());
    // Where the kernel takes nothing, each change would be a retry.
    if (this.#isPassWanted() && isTime(this.#passing.retryAt)) {
      await this.#passing.run(() => this.#pass());
    }
  }

  /** Lets a policy out of quarantine when the kernel would take it by now. */
  async #ask(): Promise<void> {
    const { store } = this.#options;
    const now = performance.now();
    const isOut = await this.#quarantine.ask(store, now, (state) => this.#inquiry.refusal(state));
    if (isOut) store.changes.add("policy", now);
  }

  /** A reload meanwhile is due when this is through. */
  async #heal(): Promise<void> {
    const { kernel, selfHealMs } = this.#options;
    const isWhole = this.#isWholeDue;
    this.#isWholeDue = false;
    let isMoreDue = false;
    try {
      if (isWhole) await kernel.heal();
      else ({ isMoreDue } = await kernel.look());
    } catch (error) {
      this.#isWholeDue ||= isWhole;
      throw error;
    }
    this.#healAt = isMoreDue || this.#isWholeDue ? 0 : performance.now() + selfHealMs;
  }

  /** One pass: take the changes, work out what they come to, bring it to the kernel, tell. */
  async #pass(): Promise<void> {
    const { store, observer, kernel } = this.#options;
    const started = performance.now();
    const changes = store.changes.take();
    const isReload = changes.some(({ trigger }) => trigger === "reload");
    try {
      this.#policy = await this.#apply({ isReload });
      this.#ties.update(this.#policy.groups);
    } catch (error) {
      store.changes.giveBack(changes);
      throw error;
    }
    const now = performance.now();
    observer.applied(this.#policy);
    for (const { trigger, at, enforced } of changes) {
      observer.enforced(trigger, now - at);
      enforced?.();
    }
    this.#lastPassMs = now - started;
    this.#passes++;
    if (!this.#hasApplied) this.#healAt = now + this.#options.selfHealMs;
    this.#hasApplied = true;
    // Who waits answers first: nft, once it is woken, may take the core.
    if (changes.some(({ enforced }) => enforced !== undefined)) await nextTask();
    await kernel.finish();
  }

  async #apply({ isReload }: { readonly isReload: boolean }): Promise<NodePolicy> {
    const { kernel, store } = this.#options;
    const { state, touched } = this.#quarantine.guard(store, store.touches.take());
    const { policy, listing, ports } = isReload
      ? this.#desired.checked(state, touched)
      : this.#desired.next(state, touched);
    try {
      await kernel.apply(listing);
    } catch (cause) {
      const culprits = await this.#inquiry.culprits(state, policy);
      if (culprits.length === 0) throw cause;
      this.#quarantine.hold(culprits, performance.now());
      const policies = culprits.map(({ name }) => name);
      logger.error("The kernel refuses {policies}: their pods are isolated", { policies, cause });
      return await this.#apply({ isReload });
    }
    await kernel.applyPorts(ports); // no policy has a part in it: none is at fault
    return policy;
  }
}

/** Lets whatever is due, and what comes of it, have its turn. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
