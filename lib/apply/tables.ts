import type { Listing } from "../model/listing.ts";
import { portsTableName } from "../render/ports_table.ts";
import type { Nft } from "./nft.ts";
import type { NftError } from "./nft_error.ts";
import { Table } from "./table.ts";
import type { Transactor } from "./transactor.ts";

/** The tables that judge what pods send and receive: that of ports is there while it is of use. */
export class Tables {
  readonly #main: Table;
  readonly #ports: Table;
  /** What the table of ports was last made; null before the first time, and after any doubt. */
  #portsListing: Listing | undefined | null = null;

  /** Nothing is read or run before the first call. */
  constructor(nft: Nft, main: Table, transactor: Transactor) {
    this.#main = main;
    this.#ports = new Table(nft, { name: portsTableName, transactor });
  }

  /**
   * Brings the main table to the kernel, in place, but for what `finish` does.
   *
   * @throws {NftError} when every way has failed; what was last applied whole still stands.
   */
  async apply(main: Listing): Promise<void> {
    await this.#main.enforce(main);
  }

  /**
   * Does what is left of the last change of the main table.
   *
   * @throws {NftError} when that cannot be done.
   */
  finish(): Promise<void> {
    return this.#main.finish();
  }

  /**
   * Brings the table of ports to the kernel, or takes it away, whoever left it.
   *
   * @throws {NftError} when that cannot be done.
   */
  async applyPorts(ports: Listing | undefined): Promise<void> {
    if (ports === this.#portsListing) return;
    this.#portsListing = null;
    if (ports !== undefined) await this.#ports.apply(ports);
    else if (await this.#ports.read() !== undefined) await this.#ports.remove();
    this.#portsListing = ports;
  }

  /** Tells whether the kernel would take a main table: why not, or undefined. */
  check(main: Listing): Promise<NftError | undefined> {
    return this.#main.check(main);
  }

  /**
   * Reads the tables back and mends what somebody else changed.
   *
   * @throws {NftError} when that cannot be done.
   */
  async heal(): Promise<void> {
    await this.#main.heal();
    await this.#ports.heal();
  }

  /**
   * The same of the part of the main table whose turn it is, and with the last one of the other.
   *
   * @throws {NftError} when that cannot be done.
   */
  async look(): Promise<{ readonly isMoreDue: boolean }> {
    const { isMoreDue } = await this.#main.look();
    if (!isMoreDue) await this.#ports.heal();
    return { isMoreDue };
  }
}
