import { getLogger } from "@logtape/logtape";
import { Absence } from "./absence.ts";
import { ApiError } from "./api_error.ts";
import { ask } from "./ask.ts";
import { Backoff, sleep } from "./backoff.ts";
import { Feed } from "./feed.ts";
import { GarbledError } from "./garbled_error.ts";
import type { Identified } from "./known.ts";
import { LineSplitter } from "./lines.ts";
import { currentVersion, listPages } from "./list_pages.ts";
import { ReflectorHealth } from "./reflector_health.ts";
import { defaultTiming, type ReflectorOptions, type ReflectorTiming } from "./reflector_options.ts";
import type { ReflectorStatus } from "./reflector_status.ts";
import { pathOf, type Resource, watchParameters } from "./resources.ts";
import { SilenceError } from "./silence_error.ts";
import {
  isNotFound,
  isStreamRefusal,
  isTrouble,
  mayPagesHelp,
  reasonOf,
  type Trouble,
} from "./trouble.ts";
import { isOtherHistory } from "./version.ts";
import type { Watchdog } from "./watchdog.ts";

const logger = getLogger(["hedgerow", "watch"]);

/** After so many ends by nonsense or errors in a row, without an event between, a list is due. */
const mostFruitless = 3;

/** A watch that came to its end sooner is not begun anew without a wait. */
const shortWatchMs = 1000;

/** What a reflector is at: a streamed list is the beginning of a watch. */
type Phase = "history" | "pages" | "stream" | "watch";

/**
 * Keeps a sink in step with one kind of the API: lists, watches, and begins again whatever
 * happens. While the server is away the sink keeps what it has.
 */
export class Reflector<T extends Identified> {
  readonly #resource: Resource<T>;
  readonly #options: ReflectorOptions<T>;
  readonly #timing: ReflectorTiming;
  readonly #random: () => number;
  readonly #backoff: Backoff;
  readonly #feed: Feed<T>;
  readonly #health: ReflectorHealth;
  readonly #absence: Absence;
  #phase: Phase = "stream";
  /** How the next list is made. */
  #listBy: "stream" | "pages" = "stream";
  /** True where the server may have begun a new history since we last heard of it. */
  #isDoubtful = false;
  /** True while a watch is open. */
  #isConnected = false;
  #fruitless = 0;
  #lists = 0;
  #watches = 0;

  /** Nothing is asked for until it runs. */
  constructor(resource: Resource<T>, options: ReflectorOptions<T>) {
    this.#resource = resource;
    this.#options = options;
    this.#timing = { ...defaultTiming, ...options.timing };
    this.#random = options.random ?? Math.random;
    const { minBackoffMs: minMs, maxBackoffMs: maxMs } = this.#timing;
    this.#backoff = new Backoff({ minMs, maxMs, random: this.#random });
    this.#feed = new Feed(resource, options.sink);
    this.#health = new ReflectorHealth(resource);
    this.#absence = new Absence({ resource, client: options.client, timing: this.#timing });
  }

  /** How it fares at this moment. */
  get status(): ReflectorStatus {
    const { awaySince, lastHeardAt, lastError, restarts, parseErrors } = this.#health;
    return {
      name: this.#resource.name,
      isSynced: this.#feed.isSynced,
      isConnected: this.#isConnected,
      ...{ awaySince, lastHeardAt, lastError, parseErrors },
      problem: awaySince === undefined ? undefined : lastError,
      issues: this.#feed.issues,
      resourceVersion: this.#feed.version,
      objects: this.#feed.size,
      lists: this.#lists,
      relists: Math.max(0, this.#lists - 1),
      watches: this.#watches,
      restarts: new Map(restarts),
    };
  }

  /** Follows the kind until the signal aborts. Rejects for nothing that a network can do. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await sleep(await this.#attempt(signal), signal);
  }

  /** Goes on as long as it can; returns how long to wait before the next attempt, in ms. */
  async #attempt(signal: AbortSignal): Promise<number> {
    const { generation } = this.#options.client;
    try {
      return await this.#proceed(signal);
    } catch (error) {
      if (!isTrouble(error)) throw error;
      if (signal.aborted) return 0;
      if (error instanceof SilenceError) this.#options.client.renew(generation);
      return this.#recover(error);
    } finally {
      this.#isConnected = false;
      this.#feed.dropList();
    }
  }

  /** Lists and watches, or does without the kind where it is optional and there is none. */
  async #proceed(signal: AbortSignal): Promise<number> {
    try {
      if (this.#feed.version !== undefined && this.#isDoubtful) await this.#checkHistory(signal);
      if (this.#feed.version === undefined && this.#listBy === "pages") await this.#list(signal);
      return await this.#watch(signal);
    } catch (error) {
      if (!this.#resource.isOptional || !isNotFound(error)) throw error;
      if (await this.#absence.isBelieved(this.#feed.size, signal)) return this.#doWithout();
      throw error;
    }
  }

  /**
   * Asks a server of which we are not sure where in its history it is. One that lost its history
   * would let us wait in silence for versions that never come.
   */
  async #checkHistory(signal: AbortSignal): Promise<void> {
    this.#phase = "history";
    const { client } = this.#options;
    const now = await this.#ask(
      signal,
      (watchdog) => currentVersion(this.#resource, { client, watchdog }),
    );
    this.#health.heard(performance.now());
    this.#isDoubtful = false;
    const seen = this.#feed.version;
    const isOther = seen !== undefined && isOtherHistory(now, seen);
    const { absentSince = Infinity } = this.#health;
    if (!isOther && performance.now() - absentSince < this.#timing.maxAbsenceMs) return;
    if (isOther) this.#health.count("other-history");
    this.#feed.lose();
    logger.warning("The history of {kind} is at {now} and ours was at {seen}: listing anew", {
      ...{ kind: this.#resource.name, now, seen },
    });
  }

  async #list(signal: AbortSignal): Promise<void> {
    this.#phase = "pages";
    this.#listBy = "stream"; // the next time, whether or not this one succeeds
    this.#lists++;
    const { client } = this.#options;
    const list = await this.#ask(
      signal,
      (watchdog) => listPages(this.#resource, { client, watchdog }),
    );
    const at = performance.now();
    this.#health.heard(at);
    this.#feed.replace(list, at);
    this.#listed();
  }

  /** Watches from where we stand; from nowhere, with the whole list at the beginning. */
  async #watch(signal: AbortSignal): Promise<number> {
    const { version, progress } = this.#feed;
    this.#phase = version === undefined ? "stream" : "watch";
    if (version === undefined) this.#lists++;
    this.#watches++;
    const seconds = Math.round(this.#timing.watchSeconds * (1 + this.#random()));
    const path = pathOf(this.#resource, watchParameters(version, seconds));
    const startedAt = performance.now();
    try {
      await this.#ask(signal, (watchdog) => this.#follow(path, watchdog));
      if (this.#feed.isListing) throw new GarbledError("a streamed list without its end");
    } finally {
      // Lists alone are no success: a server that never lets us watch must not be listed for ever.
      const isSteady = performance.now() - startedAt >= this.#timing.steadyMs;
      if (this.#feed.progress > progress || isSteady) this.#succeeded();
    }
    return this.#ended(performance.now() - startedAt, seconds);
  }

  async #follow(path: string, watchdog: Watchdog): Promise<void> {
    const { silenceMs, streamedListMs } = this.#timing;
    const feed = this.#feed;
    const answer = await this.#options.client.get(path, watchdog.signal);
    this.#isConnected = true;
    if (this.#phase === "stream") feed.beginList();
    else this.#health.back(feed.version);
    watchdog.limit(feed.isListing ? streamedListMs : silenceMs);
    const lines = new LineSplitter();
    for await (const chunk of answer.body) {
      const at = performance.now();
      const wasListing = feed.isListing;
      watchdog.heard();
      this.#health.heard(at);
      lines.push(chunk, (line) => feed.take(line, at));
      if (!wasListing || feed.isListing) continue;
      this.#phase = "watch";
      watchdog.limit(silenceMs);
      this.#listed();
    }
    // What is left without a line break may be half of a line. It will be told again.
  }

  /** Makes requests; that the server answers means that it serves the kind. */
  async #ask<R>(signal: AbortSignal, run: (watchdog: Watchdog) => Promise<R>): Promise<R> {
    const task = `follow ${this.#resource.name}`;
    const answer = await ask({ task, limitMs: this.#timing.answerMs, signal }, run);
    this.#absence.end();
    return answer;
  }

  #listed(): void {
    this.#health.back(this.#feed.version);
    logger.info("Listed {count} {kind}, at {version}", {
      ...{ count: this.#feed.size, kind: this.#resource.name, version: this.#feed.version },
    });
  }

  #succeeded(): void {
    this.#backoff.reset();
    this.#fruitless = 0;
  }

  /** A watch came to its end in good order; returns how long to wait. */
  #ended(lastedMs: number, seconds: number): number {
    const isDue = lastedMs >= seconds * 900;
    this.#health.count(isDue ? "timeout" : "ended");
    this.#isDoubtful = !isDue; // on HTTP/2 the end of a server that was killed looks the same
    return lastedMs >= shortWatchMs ? 0 : this.#backoff.next();
  }

  /** There is no such kind, and it is not needed; returns how long to wait until another look. */
  #doWithout(): number {
    const at = performance.now();
    this.#health.heard(at);
    this.#health.unserved();
    this.#feed.clear(at);
    this.#succeeded();
    this.#isDoubtful = false;
    this.#listBy = "stream";
    return this.#timing.absentMs * (1 - this.#random() / 4);
  }

  /** Draws the consequences of trouble; returns how long to wait. */
  #recover(error: Trouble): number {
    if (!isNotFound(error)) this.#absence.end();
    const isStream = this.#phase === "stream";
    const reason = reasonOf(error, this.#isConnected);
    if (isStream && mayPagesHelp(error, this.#isConnected)) this.#listBy = "pages";
    if (isStream && !this.#isConnected && isStreamRefusal(error)) {
      logger.debug("No streamed list of {kind}, taking pages: {error}", {
        ...{ kind: this.#resource.name, error: error.message },
      });
      return 0;
    }
    this.#isDoubtful = true;
    if (this.#isConnected && (reason === "garbled" || reason === "refused")) this.#fruitless++;
    if (reason === "expired" || this.#fruitless >= mostFruitless) this.#feed.lose();
    this.#health.away(error, reason);
    return this.#waitAfter(error, reason === "unreachable" || reason === "cut");
  }

  #waitAfter(error: Trouble, isAbsent: boolean): number {
    const { maxBackoffMs, maxUnreachableMs, maxRetryAfterMs } = this.#timing;
    const waitMs = this.#backoff.next(isAbsent ? maxUnreachableMs : maxBackoffMs);
    const askedMs = error instanceof ApiError ? error.retryAfterMs ?? 0 : 0;
    // All agents were asked the same: so that they do not come back in the same moment.
    return Math.max(waitMs, Math.min(askedMs, maxRetryAfterMs) * (1 + this.#random() / 4));
  }
}
