import { getLogger } from "@logtape/logtape";
import type { Listing } from "../model/listing.ts";
import type { Drift, DriftKind } from "./drift.ts";
import { replace } from "./mend.ts";
import type { Nft } from "./nft.ts";
import { NftError } from "./nft_error.ts";
import { Programmer } from "./programmer.ts";
import { Serial } from "./serial.ts";
import { formatScript } from "./statement.ts";
import type { TableOptions } from "./table_options.ts";
import type { Applied, Healed, Looked } from "./table_results.ts";
import { TableReader } from "./table_reader.ts";
import { noCounts, type TableStatus } from "./table_status.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { Transactor } from "./transactor.ts";
import { Turns } from "./turns.ts";

const logger = getLogger(["hedgerow", "apply"]);

/** One table in the kernel: brought there, looked at and mended. Everything is serial. */
export class Table {
  readonly #nft: Nft;
  readonly #name: TableName;
  readonly #transactor: Transactor;
  readonly #programmer: Programmer;
  readonly #reader: TableReader;
  readonly #turns: Turns;
  readonly #serial = new Serial();
  readonly #counts = noCounts();
  readonly #repairs: Partial<Record<DriftKind, number>> = {};
  /** Nothing is read or run before the first call. */
  constructor(nft: Nft, options: TableOptions = {}) {
    const { name = mainTable, sessionDeadlineMs, retryDelayMs = 20 } = options;
    const session = sessionDeadlineMs === undefined ? {} : { deadlineMs: sessionDeadlineMs };
    this.#nft = nft;
    this.#name = name;
    this.#transactor = options.transactor ?? new Transactor(nft, session);
    this.#reader = new TableReader(nft, name);
    this.#programmer = new Programmer({
      ...{ name, reader: this.#reader, transactor: this.#transactor },
      ...{ retryDelayMs, counts: this.#counts },
    });
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
    return this.#bring(() => this.#programmer.program(desired));
  }

  /**
   * The same, but what nobody need wait for is left to `finish`: deleting what nothing leads to any
   * more, and giving all of its time to what came with a timeout.
   *
   * @throws {NftError} when every way has failed; what was last applied whole still stands.
   */
  enforce(desired: Listing): Promise<Applied> {
    return this.#bring(() => this.#programmer.program(desired, { isWhole: false }));
  }

  /**
   * Does what `enforce` has left.
   *
   * @throws {NftError} when that cannot be done; what is enforced stays as it is.
   */
  finish(): Promise<void> {
    return this.#serial.run(() => this.#guarded(() => this.#programmer.finish()));
  }

  #bring(program: () => Promise<number>): Promise<Applied> {
    return this.#serial.run(async () => {
      const start = performance.now();
      const before = { ...this.#counts };
      const transactions = await this.#guarded(program);
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
      const good = this.#programmer.good;
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
      const good = this.#programmer.good;
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

  /**
   * What the kernel holds now, whoever put it there; undefined where the table is not there. What is
   * applied later is not built on it, as by then it may be otherwise.
   */
  read(): Promise<Listing | undefined> {
    return this.#serial.run(async () => (await this.#reader.read({ withUsed: true }))?.listing);
  }

  /** Deletes the table and everything in it. */
  remove(): Promise<void> {
    return this.#serial.run(() => this.#programmer.remove());
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
    const drift = await this.#programmer.readDrift(good);
    if (drift.length === 0) return drift;
    logger.warn("Mending table {table}: {drift}", {
      ...{ table: this.#name, drift: drift.map(({ text }) => text) },
    });
    await this.#programmer.program(good);
    const [left] = await this.#programmer.readDrift(good);
    if (left !== undefined) {
      const message = `Cannot mend table ${this.#name}: after mending, ${left.text}`;
      throw new NftError("failed", message);
    }
    for (const { kind } of drift) this.#repairs[kind] = (this.#repairs[kind] ?? 0) + 1;
    return drift;
  }
}
