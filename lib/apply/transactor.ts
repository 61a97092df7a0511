import type { Transaction } from "../model/listing.ts";
import type { Nft } from "./nft.ts";
import { Serial } from "./serial.ts";
import { Session, type SessionOptions, type SessionStatus } from "./session.ts";
import { formatScript } from "./statement.ts";

/**
 * Up to here, some 5000 elements, the kept session carries it out: a process of its own costs 2 to
 * 3 ms more. Beyond, that is little, and all the memory that a large script takes goes with it.
 */
const mostBytesBySession = 128_000;

/** Transactions that were carried out, by the way that they took. */
export interface TransactorStatus {
  /** By the kept session. */
  readonly bySession: number;
  /** By a process each. */
  readonly bySpawn: number;
  /** How the kept session fared. */
  readonly session: SessionStatus;
}

/**
 * Brings transactions to the kernel by the quicker of the two ways, one after the other, whichever
 * tables they are about.
 */
export class Transactor {
  readonly #nft: Nft;
  readonly #session: Session;
  readonly #serial = new Serial();
  #bySpawn = 0;

  /** No process is started before the first transaction. */
  constructor(nft: Nft, options: SessionOptions = {}) {
    this.#nft = nft;
    this.#session = new Session(nft, options);
  }

  /** What has been carried out so far. */
  get status(): TransactorStatus {
    const { status } = this.#session;
    return { bySession: status.lines, bySpawn: this.#bySpawn, session: status };
  }

  /**
   * Carries out a transaction: small ones by the session, if it may be used.
   *
   * @throws {NftError | SessionLost} Only "refused" says that nothing of it is in the kernel.
   */
  run(transaction: Transaction, options: { readonly bySession: boolean }): Promise<void> {
    return this.#serial.run(() => this.#run(transaction, options));
  }

  /** Ends the session. */
  close(): Promise<void> {
    return this.#serial.run(() => this.#session.close());
  }

  async #run(transaction: Transaction, options: { readonly bySession: boolean }): Promise<void> {
    if (options.bySession && this.#session.isTrusted && isSmall(transaction)) {
      return await this.#session.run(transaction);
    }
    await this.#nft.run(formatScript(transaction));
    this.#bySpawn++;
  }
}

function isSmall(transaction: Transaction): boolean {
  let bytes = 0;
  for (const statement of transaction) {
    bytes += statement.length;
    if (bytes > mostBytesBySession) return false;
  }
  return true;
}
