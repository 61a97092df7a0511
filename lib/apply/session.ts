import type { Transaction } from "../model/listing.ts";
import type { Nft } from "./nft.ts";
import { refusal } from "./nft_error.ts";
import type { ScriptFile } from "./script_file.ts";
import { SessionLost, SessionProcess } from "./session_process.ts";
import { formatLine, formatScript } from "./statement.ts";

/** How a session is kept. */
export interface SessionOptions {
  /** After this time without an answer it is given up; a line takes some milliseconds. */
  readonly deadlineMs?: number;
  /** After so many transactions the process is replaced by a fresh one; default: 256. */
  readonly mostAsked?: number;
}

/**
 * Up to here a line of so many characters is the quicker way. nft reads it byte by byte, at 0.5 µs
 * each; a file costs 0.1 ms to begin with, and then a third of that.
 */
const mostInLine = 300;

/**
 * nft remembers every line for as long as it lives, and walks through all of them for each: after
 * 4000 transactions that takes half a millisecond, cold. A new process takes two.
 */
const mostAskedByDefault = 256;

/** After so many losses in a row the session is left alone for a minute. */
const mostLosses = 5;
const mistrustMs = 60_000;

/** What a session has done so far. */
export interface SessionStatus {
  /** Transactions that were carried out. */
  readonly lines: number;
  /** Transactions that nft or the kernel refused. */
  readonly refused: number;
  /** Processes that were started: after losses, and as they have their time. */
  readonly starts: number;
  /** Processes that died, hung or were not understood. */
  readonly losses: number;
}

/**
 * The kept `nft -i`: ten times cheaper than a process for each change. It is strictly serial, and
 * a process that was lost is replaced with the next transaction.
 */
export class Session {
  readonly #nft: Nft;
  readonly #deadlineMs: number;
  readonly #mostAsked: number;
  readonly #file: ScriptFile;
  #process: SessionProcess | undefined;
  #isBusy = false;
  #lossesInARow = 0;
  #lostAt = 0;
  #asked = 0;
  #status: SessionStatus = { lines: 0, refused: 0, starts: 0, losses: 0 };

  /** No process is started before the first transaction. */
  constructor(nft: Nft, options: SessionOptions = {}) {
    const { deadlineMs = 2000, mostAsked = mostAskedByDefault } = options;
    this.#nft = nft;
    this.#file = nft.scriptFile();
    this.#deadlineMs = deadlineMs;
    this.#mostAsked = mostAsked;
  }

  /** What it has done so far. */
  get status(): SessionStatus {
    return this.#status;
  }

  /** False for a while after several processes were lost in a row: nft may be built without it. */
  get isTrusted(): boolean {
    return this.#lossesInARow < mostLosses || performance.now() - this.#lostAt > mistrustMs;
  }

  /**
   * Carries out a transaction; a long one is put into a file that the line names.
   *
   * @throws {NftError} "refused": nothing of it is in the kernel.
   * @throws {SessionLost} Whether it is in the kernel is unknown: the table is to be read back.
   */
  async run(transaction: Transaction): Promise<void> {
    if (this.#isBusy) throw new TypeError("Cannot run transaction: another one is under way");
    this.#isBusy = true;
    try {
      const line = formatLine(transaction);
      const script = line.length > mostInLine ? formatScript(transaction) : "";
      const said = await this.#ask(script === "" ? line : this.#include(script) ?? line);
      if (said !== undefined) {
        this.#file.remove(); // the next one is anew: this may be where nobody finds it any more
        throw refusal("apply a transaction", said, script);
      }
      this.#count("lines");
    } finally {
      this.#isBusy = false;
    }
  }

  /** Ends the process and removes the file, if they are there. */
  async close(): Promise<void> {
    await this.#end();
    this.#file.remove();
  }

  async #end(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    await process?.end();
  }

  /** A line that names the script's file; undefined where nft might take its path for a pattern. */
  #include(script: string): string | undefined {
    const path = this.#file.write(script);
    return /^[\w./-]+$/.test(path) ? `include "${path}"` : undefined;
  }

  async #ask(line: string): Promise<string | undefined> {
    const process = await this.#running();
    try {
      const said = await process.ask(line, `sync_${++this.#asked}_x`, this.#deadlineMs);
      this.#lossesInARow = 0;
      if (said !== undefined) this.#count("refused");
      return said;
    } catch (error) {
      this.#process = undefined;
      if (error instanceof SessionLost) this.#countLoss();
      throw error;
    }
  }

  async #running(): Promise<SessionProcess> {
    // A process that ended between two transactions took nothing along with it.
    if (this.#process?.lost !== undefined) {
      this.#countLoss();
      await this.#end();
    }
    if ((this.#process?.asked ?? 0) >= this.#mostAsked) await this.#end();
    if (this.#process === undefined) {
      this.#process = new SessionProcess(this.#nft.interactive());
      this.#count("starts");
    }
    return this.#process;
  }

  #countLoss(): void {
    this.#count("losses");
    this.#lossesInARow++;
    this.#lostAt = performance.now();
  }

  #count(what: keyof SessionStatus): void {
    this.#status = { ...this.#status, [what]: this.#status[what] + 1 };
  }
}
