import { getLogger } from "@logtape/logtape";
import { families, familyOf } from "../model/address.ts";
import type { HeldPaths } from "../model/held_paths.ts";
import type { DnsPaths, NodePolicy } from "../model/node_policy.ts";
import { isSame } from "../model/same.ts";
import { type HeldCounts, Hold } from "./hold.ts";
import { type LookupCounts, Lookups } from "./lookups.ts";
import { type Answer, recordTypeOf } from "./message.ts";

const logger = getLogger(["hedgerow", "dns"]);

/** How often the kernel is told that we are there, in ms; it believes it for three times as long. */
const beatMs = 1000;

/** What takes DNS answers to us. */
export interface HeldTables {
  /** Makes the ways what they should be; undefined: there are to be none. */
  apply(held: HeldPaths | undefined): Promise<void>;
  /** Mends what somebody else changed. */
  heal(): Promise<void>;
  /** Says that we are there. */
  beat(): Promise<void>;
  /** Says that we are not: from now on answers go by without us. */
  leave(): Promise<void>;
}

/** What following names needs. */
export interface FollowerOptions {
  /** The kernel's side. */
  readonly tables: HeldTables;
  /**
   * Takes what an answer tells; false where that is no news. Otherwise `enforced` is called when
   * it is in the kernel.
   */
  readonly learn: (answer: Answer, enforced: () => void) => boolean;
  /** How often the tables are read back, in ms. */
  readonly selfHealMs: number;
}

/** How following names fares. */
export interface FollowerStatus {
  /** Whose answers to whom come by us; undefined: nobody's, as no rule names a domain. */
  readonly paths: DnsPaths | undefined;
  /** What became of answers that pods got. */
  readonly held: HeldCounts;
  /** What became of our own questions. */
  readonly lookups: LookupCounts;
  /** Names that we asked for last in vain, sorted. */
  readonly unanswered: readonly string[];
  /** What is wrong; undefined while nothing is. */
  readonly problem: string | undefined;
}

/**
 * Learns what the names in rules stand for (CNP-14): exact ones by asking, all of them by what the
 * pods that the rules are about are told. Without such rules it does nothing.
 */
export class NameFollower {
  readonly #options: FollowerOptions;
  readonly #hold = new Hold((answer) => this.#learn(answer));
  readonly #lookups = new Lookups((answer) => void this.#learn(answer));
  /** name -> when its last news are in the kernel */
  readonly #underWay = new Map<string, Promise<void>>();
  /** Null before anything is enforced. */
  #wanted: DnsPaths | undefined | null = null;
  /** What the kernel's side was last made; null after any doubt. */
  #applied: DnsPaths | undefined | null = null;
  #healAt = 0;
  /** The turns that are under way. */
  #turning: Promise<void> | undefined;
  /** Whether one more is to follow. */
  #isDue = false;
  #hasEnded = false;
  #problem: string | undefined;

  /** Nothing is done before it runs. */
  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** How it fares. */
  get status(): FollowerStatus {
    return {
      paths: this.#wanted ?? undefined,
      held: this.#hold.counts,
      lookups: this.#lookups.counts,
      unanswered: this.#lookups.unanswered,
      problem: this.#problem,
    };
  }

  /** Takes what is enforced now: which names are of interest, to whom, and who is believed. */
  follow({ dns, nameSets }: Pick<NodePolicy, "dns" | "nameSets">): void {
    if (this.#wanted === null || !isSame(dns, this.#wanted)) {
      this.#wanted = dns;
      void this.#turn();
    }
    const exact = nameSets.flatMap(({ names }) => names).filter(({ wildcard }) => !wildcard);
    const { clients = [], resolvers = [] } = dns ?? {};
    this.#lookups.want({
      names: [...new Set(exact.map(({ name }) => name))],
      types: families.filter((family) => clients.some((client) => familyOf(client) === family))
        .map(recordTypeOf),
      resolvers,
    });
  }

  /** Ends when what is followed is in the kernel, or cannot be brought there. */
  async settled(): Promise<void> {
    if (this.#wanted !== null && !this.#isUpToDate(this.#wanted)) await this.#turn();
  }

  /**
   * Follows names until the signal aborts. The tables stay: without us answers flow as ever, which is
   * told before what we hold goes on.
   */
  async run(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const timer = setInterval(() => void this.#turn(), beatMs);
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    clearInterval(timer);
    this.#hasEnded = true;
    await this.#turning;
    this.#lookups.close();
    await this.#options.tables.leave().catch((error: unknown) => {
      logger.warning("Cannot say that DNS answers are held no more: {error}", { error });
    });
    await this.#hold.close();
  }

  #learn(answer: Answer): Promise<void> | undefined {
    const { promise, resolve } = Promise.withResolvers<void>();
    // What is no news for us may still be on its way to the kernel.
    if (!this.#options.learn(answer, resolve)) return this.#underWay.get(answer.name);
    this.#underWay.set(answer.name, promise);
    void promise.then(() => {
      if (this.#underWay.get(answer.name) === promise) this.#underWay.delete(answer.name);
    });
    return promise;
  }

  /** Ends when all that is wanted now has had its turn. */
  #turn(): Promise<void> {
    this.#isDue = true;
    this.#turning ??= this.#takeTurns().finally(() => {
      this.#turning = undefined;
      if (this.#isDue) void this.#turn();
    });
    return this.#turning;
  }

  async #takeTurns(): Promise<void> {
    while (this.#isDue) {
      this.#isDue = false;
      await this.#bringUpToDate();
    }
  }

  #isUpToDate(wanted: DnsPaths | undefined): boolean {
    return this.#applied !== null && isSame(this.#applied, wanted);
  }

  /** Makes the kernel's side what is wanted, and says that we are there. */
  async #bringUpToDate(): Promise<void> {
    if (this.#wanted === null) return;
    try {
      while (!this.#isUpToDate(this.#wanted)) {
        if (this.#hasEnded) return;
        await this.#apply(this.#wanted);
      }
      if (this.#applied !== undefined && !this.#hasEnded) await this.#keepUp();
      this.#problem = undefined;
    } catch (error) {
      this.#applied = null;
      const message = error instanceof Error ? error.message : String(error);
      if (this.#problem !== message) logger.error("Cannot hold DNS answers: {error}", { error });
      this.#problem = message;
    }
  }

  async #apply(wanted: DnsPaths | undefined): Promise<void> {
    const { tables, selfHealMs } = this.#options;
    const ways = wanted ?? { clients: [], resolvers: [] };
    await this.#hold.settled(ways); // without its way in the kernel an answer does not find its pod
    await tables.apply(wanted === undefined ? undefined : await this.#hold.open(wanted));
    this.#hold.keepOnly(ways);
    if (wanted !== undefined && !this.#applied) {
      logger.info(
        "Following DNS answers of {resolvers} to {clients} pod addresses; what comes over TCP, DoT " +
          "or DoH, or from this node itself, is not seen",
        { resolvers: wanted.resolvers, clients: wanted.clients.length },
      );
    }
    this.#applied = wanted;
    this.#healAt = performance.now() + selfHealMs;
  }

  async #keepUp(): Promise<void> {
    const { tables, selfHealMs } = this.#options;
    if (performance.now() >= this.#healAt) {
      await tables.heal();
      this.#healAt = performance.now() + selfHealMs;
    }
    await tables.beat();
  }
}
