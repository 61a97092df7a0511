import { getLogger } from "@logtape/logtape";
import type { Listing, Transaction } from "../model/listing.ts";
import { type Drift, type DriftKind, findDrift } from "./drift.ts";
import { ListingError } from "./listing_lines.ts";
import { anew, mend, remove, replace } from "./mend.ts";
import type { Nft } from "./nft.ts";
import { NftError } from "./nft_error.ts";
import { Serial } from "./serial.ts";
import { SessionLost } from "./session_process.ts";
import { formatScript } from "./statement.ts";
import type { TableOptions } from "./table_options.ts";
import type { Applied, Healed, Looked } from "./table_results.ts";
import { TableReader } from "./table_reader.ts";
import { type TableReading, withoutOthersElements } from "./table_reading.ts";
import { noCounts, type TableStatus } from "./table_status.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { Transactor } from "./transactor.ts";
import { Turns } from "./turns.ts";

const logger = getLogger(["hedgerow", "apply"]);

/** How often a change is tried in place before the table is replaced. */
const tries = 4;

/**
 * One table in the kernel. It knows what is programmed, so that nothing reaches the kernel
 * twice; at the first doubt it reads the table back and goes on from there. Everything is serial.
 */
export class Table {
  readonly #nft: Nft;
  readonly #name: TableName;
  readonly #transactor: Transactor;
  readonly #retryDelayMs: number;
  readonly #reader: TableReader;
  readonly #turns: Turns;
  readonly #serial = new Serial();
  readonly #counts = noCounts();
  readonly #repairs: Partial<Record<DriftKind, number>> = {};
  /** What the kernel holds as far as anyone knows; undefined after any doubt. */
  #programmed: { readonly reading: TableReading | undefined } | undefined;
  /** True while the table could not be understood when it was last read back. */
  #isUnreadable = false;
  /** What was last brought to the kernel whole. */
  #good: Listing | undefined;

  /** Nothing is read or run before the first call. */
  constructor(nft: Nft, options: TableOptions = {}) {
    const { name = mainTable, sessionDeadlineMs, retryDelayMs = 20 } = options;
    const session = sessionDeadlineMs === undefined ? {} : { deadlineMs: sessionDeadlineMs };
    this.#nft = nft;
    this.#name = name;
    this.#transactor = options.transactor ?? new Transactor(nft, session);
    this.#retryDelayMs = retryDelayMs;
    this.#reader = new TableReader(nft, name);
    this.#turns = new Turns(options.turns);
  }

  /** What has been done so far. */
  get status(): TableStatus {
    const { status: transactions } = this.#transactor;
    return { ...this.#counts, repairs: { ...this.#repairs }, transactions };
  }

  /**
   * Brings a table to the kernel, in place: the difference to what is there, and nothing else.
   *
   * @throws {NftError} when every way has failed; what was last applied whole still stands.
   */
  apply(desired: Listing): Promise<Applied> {
    return this.#serial.run(async () => {
      const start = performance.now();
      const before = { ...this.#counts };
      const transactions = await this.#guarded(() => this.#program(desired));
      const ms = performance.now() - start;
      this.#counts.applied++;
      this.#counts.lastApplyMs = ms;
      return {
        transactions,
        readBack: this.#counts.readBacks > before.readBacks,
        replaced: this.#counts.replaced > before.replaced,
        ms,
      };
    });
  }

  /**
   * Tells whether the kernel would accept a table as a full load, whatever it holds now; nothing
   * is changed.
   *
   * @returns why it would be refused, or undefined.
   * @throws {NftError} where nft could not be asked.
   */
  check(desired: Listing): Promise<NftError | undefined> {
    return this.#serial.run(async () => {
      try {
        await this.#nft.check(formatScript(replace(desired, this.#name)));
        return undefined;
      } catch (error) {
        if (error instanceof NftError && error.kind === "refused") return error;
        throw error;
      }
    });
  }

  /**
   * Reads the table back and mends what somebody else changed since the last apply. Before the
   * first one there is nothing to compare with, and nothing is done.
   *
   * @throws {NftError} when it cannot be read or mended.
   */
  heal(): Promise<Healed> {
    return this.#serial.run(async () => {
      const start = performance.now();
      const good = this.#good;
      const drift = good === undefined ? [] : await this.#guarded(() => this.#heal(good));
      return { drift, ms: performance.now() - start };
    });
  }

  /**
   * Reads back the part of the table whose turn it is: all of a small one. Where anything differs,
   * all is healed.
   *
   * @throws {NftError} when it cannot be read or mended.
   */
  look(): Promise<Looked> {
    return this.#serial.run(async () => {
      const start = performance.now();
      const good = this.#good;
      if (good === undefined) return { drift: [], ms: 0, isMoreDue: false };
      const part = this.#turns.next(good, start);
      const drift = await this.#guarded(async () => {
        if (part.kind !== "whole" && await this.#reader.isAsWanted(part, good)) return [];
        return await this.#heal(good);
      });
      const end = performance.now();
      return { drift, ms: end - start, isMoreDue: this.#turns.isMoreDue(end) };
    });
  }

  /** What the kernel holds now, whoever put it there; undefined where the table is not there. */
  read(): Promise<Listing | undefined> {
    return this.#serial.run(async () => (await this.#readBack())?.listing);
  }

  /** Deletes the table and everything in it. */
  remove(): Promise<void> {
    return this.#serial.run(async () => {
      this.#programmed = undefined;
      this.#good = undefined;
      await this.#nft.run(formatScript(remove(this.#name)));
      this.#programmed = { reading: undefined };
    });
  }

  /** Ends the kept session; the table stays. */
  close(): Promise<void> {
    return this.#serial.run(() => this.#transactor.close());
  }

  async #guarded<T>(task: () => Promise<T>): Promise<T> {
    try {
      const result = await task();
      this.#counts.lastError = undefined;
      return result;
    } catch (error) {
      this.#counts.failed++;
      this.#counts.lastError = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  async #heal(good: Listing): Promise<readonly Drift[]> {
    const drift = await this.#readDrift(good);
    if (drift.length === 0) return drift;
    logger.warn("Mending table {table}: {drift}", {
      ...{ table: this.#name, drift: drift.map(({ text }) => text) },
    });
    await this.#program(good);
    const [left] = await this.#readDrift(good);
    if (left !== undefined) {
      const message = `Cannot mend table ${this.#name}: after mending, ${left.text}`;
      throw new NftError("failed", message);
    }
    for (const { kind } of drift) this.#repairs[kind] = (this.#repairs[kind] ?? 0) + 1;
    return drift;
  }

  async #readDrift(good: Listing): Promise<readonly Drift[]> {
    const known = this.#programmed;
    try {
      const table = { name: this.#name, now: Date.now() };
      const drift = findDrift(await this.#readBack(), good, table);
      this.#isUnreadable = false;
      return drift;
    } catch (error) {
      if (!(error instanceof ListingError)) throw error;
      // Replacing it may help, once: an nft that prints otherwise would be asked for it for ever.
      if (this.#isUnreadable) {
        this.#programmed = known;
        throw new NftError("failed", error.message, { cause: error });
      }
      this.#isUnreadable = true;
      return [{ kind: "table unreadable", text: error.message }];
    }
  }

  /** The ladder: try, read back and try again, replace the table; then the last good one again. */
  async #program(desired: Listing): Promise<number> {
    try {
      const count = await this.#mendWithRetries(desired);
      this.#good = desired;
      return count;
    } catch (error) {
      if (error instanceof NftError && error.kind === "refused") await this.#restore();
      throw error;
    }
  }

  async #mendWithRetries(desired: Listing): Promise<number> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      try {
        // The session is quick, not needed: what failed once takes the other way.
        return await this.#mend(desired, { bySession: attempt === 1 });
      } catch (error) {
        this.#programmed = undefined;
        if (!isWorthAnotherTry(error)) throw error;
        logger.warn("Attempt {attempt} to change the table failed: {error}", { attempt, error });
        if (error instanceof ListingError) break;
        if (attempt === tries) break;
        this.#counts.retries++;
        await this.#pause(attempt);
      }
    }
    return await this.#replace(desired);
  }

  async #mend(desired: Listing, options: { readonly bySession: boolean }): Promise<number> {
    const from = this.#programmed === undefined ? await this.#readBack() : this.#programmed.reading;
    const wanted = from === undefined ? anew(desired, this.#good) : desired;
    const transactions = mend(from, wanted, this.#name);
    if (transactions.length === 0) return 0;
    // Until the last one is through, what the kernel holds is neither the old nor the new.
    this.#programmed = undefined;
    for (const transaction of transactions) await this.#transactor.run(transaction, options);
    this.#isNow(desired);
    return transactions.length;
  }

  async #replace(desired: Listing): Promise<number> {
    const transaction: Transaction = replace(anew(desired, this.#good), this.#name);
    await this.#transactor.run(transaction, { bySession: false });
    logger.warn("Replaced the table, as it could not be changed in place");
    this.#counts.replaced++;
    this.#isNow(desired);
    return 1;
  }

  /** Parts of a change may be in the kernel: what was last whole is put back. */
  async #restore(): Promise<void> {
    if (this.#good === undefined) return;
    try {
      await this.#mend(this.#good, { bySession: false });
    } catch (error) {
      this.#programmed = undefined;
      logger.error("Cannot restore the last good table: {error}", { error });
    }
  }

  async #readBack(): Promise<TableReading | undefined> {
    this.#programmed = undefined;
    this.#counts.readBacks++;
    const found = await this.#reader.read();
    const reading = found === undefined ? undefined : withoutOthersElements(found, this.#good);
    this.#programmed = { reading };
    return reading;
  }

  #isNow(listing: Listing): void {
    this.#counts.generation++;
    this.#programmed = { reading: { listing, declaration: [], others: [] } };
  }

  /** With jitter, as whatever stood in the way may come back at a beat. */
  async #pause(attempt: number): Promise<void> {
    const most = this.#retryDelayMs * 2 ** (attempt - 1);
    await new Promise((resolve) => setTimeout(resolve, most * (0.5 + Math.random() / 2)));
  }
}

/** Without nft or the right to use it, and with an nft that hangs, more of the same is no help. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof SessionLost || error instanceof ListingError) return true;
  return error instanceof NftError && (error.kind === "refused" || error.kind === "failed");
}
