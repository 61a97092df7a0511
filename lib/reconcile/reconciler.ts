import { getLogger } from "@logtape/logtape";
import type { ClusterStore } from "../cluster/store.ts";
import type { ClusterState } from "../model/cluster.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import { findCulprits } from "./culprits.ts";
import { Desired } from "./desired.ts";
import type { Kernel } from "./kernel.ts";
import {
  type AnyPolicy,
  policiesOf,
  Quarantine,
  type Quarantined,
  withoutRules,
} from "./quarantine.ts";
import type { Observer, ReconcileStatus } from "./status.ts";
import { TieLog } from "./tie_log.ts";
import { Waker } from "./waker.ts";

const logger = getLogger(["hedgerow", "reconcile"]);

/** After a failure the next try waits this long, then twice as long, and so on, in ms. */
const firstRetryMs = 250;
const lastRetryMs = 10_000;

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
}

/**
 * Keeps the kernel in step with the cluster's state: one pass at a time. What happens meanwhile is
 * the next pass; there is no fixed interval. Nothing is done before every kind has synced.
 */
export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #desired: Desired;
  readonly #quarantine = new Quarantine();
  readonly #ties = new TieLog();
  readonly #waker = new Waker();
  #healAt = Infinity;
  /** True when all of the table is to be read back, and not only the part whose turn it is. */
  #isWholeDue: boolean;
  #retryAt = Infinity;
  #retryMs = firstRetryMs;
  #policy: NodePolicy | undefined;
  #hasApplied = false;
  #lastError: string | undefined;
  #passes = 0;
  #failures = 0;
  #lastPassMs: number | undefined;
  #turnedAt = performance.now();

  /** Listens for changes at once, and acts on them when it runs. */
  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#isWholeDue = options.isAfterKill ?? false;
    this.#desired = new Desired(options.nodeName);
    options.store.changes.onAdded(() => this.#waker.wake());
  }

  /** How it fares. */
  get status(): ReconcileStatus {
    const pods = this.#policy?.pods ?? [];
    return {
      hasApplied: this.#hasApplied,
      lastError: this.#lastError,
      passes: this.#passes,
      failures: this.#failures,
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

  /** Asks for a full reconcile: the table is read back and everything worked out anew. */
  reload(): void {
    this.#healAt = 0;
    this.#isWholeDue = true;
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
      if (signal.aborted || !store.isSynced) continue;
      await this.#attempt(() => this.#turn());
    }
  }

  /** After a failure nothing but its retry is due; a new change is worth a try at once. */
  #nextDue(): number {
    if (this.#retryAt < Infinity) return this.#retryAt;
    const { isSynced, nextExpiry = Infinity } = this.#options.store;
    return isSynced ? Math.min(this.#healAt, nextExpiry) : nextExpiry;
  }

  /** A table that cannot be read back is no reason to leave changes out of it. */
  async #turn(): Promise<void> {
    const healing = performance.now() >= this.#healAt ? this.#heal() : undefined;
    const [healed] = await Promise.allSettled([healing]);
    if (this.#options.store.changes.size > 0) await this.#pass();
    if (healed.status === "rejected") throw healed.reason;
  }

  async #heal(): Promise<void> {
    const { kernel, selfHealMs } = this.#options;
    let isMoreDue = false;
    if (this.#isWholeDue) await kernel.heal();
    else ({ isMoreDue } = await kernel.look());
    this.#isWholeDue = false;
    this.#healAt = performance.now() + (isMoreDue ? 0 : selfHealMs);
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
      const culprits = await this.#culprits(state, suspectsOf(policy, state));
      if (culprits.length === 0) throw cause;
      this.#quarantine.hold(culprits);
      const policies = culprits.map(({ name }) => name);
      logger.error("The kernel refuses {policies}: their pods are isolated", { policies, cause });
      return await this.#apply({ isReload });
    }
    await kernel.applyPorts(ports); // no policy has a part in it: none is at fault
    return policy;
  }

  /** The policies without whose rules the kernel would take the table. */
  async #culprits(
    state: ClusterState,
    suspects: ReadonlyMap<string, AnyPolicy>,
  ): Promise<readonly Quarantined[]> {
    const names = [...suspects.keys()];
    if (await this.#check(withoutRules(state, new Set(names))) !== undefined) return [];
    let reason = "";
    const culprits = await findCulprits(names, async (some) => {
      const others = names.filter((name) => !some.includes(name));
      const error = await this.#check(withoutRules(state, new Set(others)));
      if (error !== undefined) reason = error.message;
      return error === undefined;
    });
    return [...suspects].filter(([name]) => culprits.includes(name))
      .map(([name, policy]) => ({ name, policy, reason }));
  }

  #check(state: ClusterState): Promise<Error | undefined> {
    return this.#options.kernel.check(this.#desired.plain(state).listing);
  }

  /** The last good ruleset stays; it is tried again, later and later. */
  async #attempt(step: () => Promise<void>): Promise<void> {
    try {
      await step();
      this.#lastError = undefined;
      this.#retryAt = Infinity;
      this.#retryMs = firstRetryMs;
    } catch (error) {
      this.#failures++;
      this.#lastError = error instanceof Error ? error.message : String(error);
      this.#retryAt = performance.now() + this.#retryMs;
      this.#retryMs = Math.min(this.#retryMs * 2, lastRetryMs);
      logger.error("Cannot bring the cluster's state to the kernel: {error}", { error });
    }
  }
}

/** The policies that have a part in a node's table and are not known to be at fault. */
function suspectsOf(
  { groups }: NodePolicy,
  state: ClusterState,
): ReadonlyMap<string, AnyPolicy> {
  const names = new Set(groups.flatMap(({ tiers }) => tiers.flatMap((tier) => tier.policies)));
  return new Map(
    [...policiesOf(state)].filter(([name, { broken }]) => names.has(name) && !broken),
  );
}
