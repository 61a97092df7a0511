import { getLogger } from "@logtape/logtape";
import type { Listing, Transaction } from "../model/listing.ts";
import type { TableName } from "../model/table_name.ts";
import { type Drift, findDrift } from "./drift.ts";
import { ListingError } from "./listing_lines.ts";
import { anew, mend, remove, replace } from "./mend.ts";
import { NftError } from "./nft_error.ts";
import { SessionLost } from "./session_process.ts";
import type { TableReader } from "./table_reader.ts";
import {
  briefSets,
  type TableReading,
  withOthersComing,
  withoutOthersElements,
} from "./table_reading.ts";
import { timeOfDay } from "./time_of_day.ts";
import type { TableCounts } from "./table_status.ts";
import type { Transactor } from "./transactor.ts";

const logger = getLogger(["hedgerow", "apply"]);

/** How often a change is tried in place before the table is replaced. */
const tries = 4;

/** What programming a table needs. */
export interface ProgrammerOptions {
  /** Which of our tables it is. */
  readonly name: TableName;
  /** Reads it back. */
  readonly reader: TableReader;
  /** Carries out the transactions. */
  readonly transactor: Transactor;
  /** How long to wait before the second attempt; twice as long before each that follows. */
  readonly retryDelayMs: number;
  /** Where it counts what it does. */
  readonly counts: TableCounts;
}

/**
 * Makes a table in the kernel what it should be. It knows what is programmed, so that nothing
 * reaches the kernel twice; at the first doubt it reads the table back and goes on from there.
 * Nothing of it may overlap.
 */
export class Programmer {
  readonly #options: ProgrammerOptions;
  /** What the kernel holds as far as anyone knows; undefined after any doubt. */
  #programmed: { readonly reading: TableReading | undefined } | undefined;
  /** What the sets of what is new held when the table was last read back. */
  #brief: Listing["sets"] = new Map();
  /** True while the table could not be understood when it was last read back. */
  #isUnreadable = false;
  /** What was last brought to the kernel whole. */
  #good: Listing | undefined;
  /** What belongs to the last change, and is still to be done. */
  #rest: readonly Transaction[] = [];

  /** Nothing is read or run before the first call. */
  constructor(options: ProgrammerOptions) {
    this.#options = options;
  }

  /** What was last brought to the kernel whole; undefined before the first time. */
  get good(): Listing | undefined {
    return this.#good;
  }

  /**
   * Programs a table by the ladder: try, read back and try again, replace the table; then the last
   * good one again. Gives the number of transactions.
   *
   * @param options.isWhole False: what nobody need wait for is left to `finish`.
   * @throws {NftError} when every way has failed.
   */
  async program(desired: Listing, options = { isWhole: true }): Promise<number> {
    try {
      const count = await this.#mendWithRetries(desired, options);
      this.#good = desired;
      return count;
    } catch (error) {
      if (error instanceof NftError && error.kind === "refused") await this.#restore();
      throw error;
    }
  }

  /**
   * Does what the last change has left; where that fails, the whole is in doubt, and brought by the
   * ladder.
   *
   * @throws {NftError} when that cannot be done; the table is read back before the next change.
   */
  async finish(): Promise<void> {
    try {
      await this.#finish({ bySession: true });
    } catch (error) {
      if (this.#good === undefined || !isWorthAnotherTry(error)) throw error;
      logger.warn("What the last change has left cannot be done: {error}", { error });
      this.#options.counts.retries++;
      await this.program(this.#good);
    }
  }

  /** How what the kernel holds differs from what was last brought there. */
  async readDrift(good: Listing): Promise<readonly Drift[]> {
    const known = this.#programmed;
    try {
      const table = { name: this.#options.name, now: timeOfDay() };
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

  /** Deletes the table and everything in it. */
  async remove(): Promise<void> {
    this.#programmed = undefined;
    this.#good = undefined;
    await this.#options.transactor.run(remove(this.#options.name), { bySession: false });
    this.#programmed = { reading: undefined };
  }

  /** Reads the table back: undefined where it is not there. */
  async #readBack(): Promise<TableReading | undefined> {
    this.#programmed = undefined;
    this.#rest = [];
    this.#options.counts.readBacks++;
    const found = await this.#options.reader.read();
    const reading = found === undefined ? undefined : withoutOthersElements(found, this.#good);
    this.#brief = found === undefined ? new Map() : briefSets(found);
    this.#programmed = { reading };
    return reading;
  }

  async #finish(options: { readonly bySession: boolean }): Promise<void> {
    const programmed = this.#programmed;
    if (programmed === undefined || this.#rest.length === 0) return;
    this.#programmed = undefined;
    await this.#run(this.#rest, options);
    this.#rest = [];
    this.#programmed = programmed;
  }

  async #mendWithRetries(desired: Listing, { isWhole }: { isWhole: boolean }): Promise<number> {
    for (let attempt = 1; attempt <= tries; attempt++) {
      try {
        // The session is quick, not needed: what failed once takes the other way.
        const options = { bySession: attempt === 1 };
        const count = await this.#mend(desired, options);
        if (isWhole) await this.#finish(options);
        return count;
      } catch (error) {
        this.#programmed = undefined;
        if (!isWorthAnotherTry(error)) throw error;
        logger.warn("Attempt {attempt} to change the table failed: {error}", { attempt, error });
        if (error instanceof ListingError) break;
        if (attempt === tries) break;
        this.#options.counts.retries++;
        await this.#pause(attempt);
      }
    }
    return await this.#replace(desired);
  }

  /** Leaves the rest. */
  async #mend(desired: Listing, options: { readonly bySession: boolean }): Promise<number> {
    await this.#finish(options);
    const found = this.#programmed === undefined
      ? await this.#readBack()
      : this.#programmed.reading;
    const wanted = found === undefined ? anew(desired, this.#good) : desired;
    const from = found &&
      { ...found, listing: withOthersComing(found.listing, wanted, this.#brief) };
    const { steps, rest } = mend(from, wanted, this.#options.name);
    if (steps.length + rest.length === 0) return 0;
    // Until the last one is through, what the kernel holds is neither the old nor the new.
    this.#programmed = undefined;
    await this.#run(steps, options);
    this.#isNow(desired);
    this.#rest = rest;
    return steps.length + rest.length;
  }

  async #run(
    transactions: readonly Transaction[],
    options: { readonly bySession: boolean },
  ): Promise<void> {
    for (const transaction of transactions) {
      await this.#options.transactor.run(transaction, options);
    }
  }

  async #replace(desired: Listing): Promise<number> {
    const transaction: Transaction = replace(anew(desired, this.#good), this.#options.name);
    await this.#options.transactor.run(transaction, { bySession: false });
    logger.warn("Replaced the table, as it could not be changed in place");
    this.#options.counts.replaced++;
    this.#isNow(desired);
    return 1;
  }

  /** Parts of a change may be in the kernel: what was last whole is put back. */
  async #restore(): Promise<void> {
    if (this.#good === undefined) return;
    try {
      await this.#mend(this.#good, { bySession: false });
      await this.#finish({ bySession: false });
    } catch (error) {
      this.#programmed = undefined;
      logger.error("Cannot restore the last good table: {error}", { error });
    }
  }

  #isNow(listing: Listing): void {
    this.#options.counts.generation++;
    this.#rest = [];
    this.#programmed = { reading: { listing, declaration: [], others: [] } };
  }

  /** With jitter, as whatever stood in the way may come back at a beat. */
  async #pause(attempt: number): Promise<void> {
    const most = this.#options.retryDelayMs * 2 ** (attempt - 1);
    await new Promise((resolve) => setTimeout(resolve, most * (0.5 + Math.random() / 2)));
  }
}

/** Without nft or the right to use it, and with an nft that hangs, more of the same is no help. */
function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof SessionLost || error instanceof ListingError) return true;
  return error instanceof NftError && (error.kind === "refused" || error.kind === "failed");
}
