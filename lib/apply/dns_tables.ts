import { families, type Family } from "../model/address.ts";
import type { HeldPaths } from "../model/held_paths.ts";
import type { Transaction } from "../model/listing.ts";
import { alive, aliveElement, aliveSet, dnsTable, dnsTables } from "../render/dns_table.ts";
import { Statements } from "../render/statements.ts";
import type { Nft } from "./nft.ts";
import { Table } from "./table.ts";
import type { Transactor } from "./transactor.ts";

/** The two tables that take DNS answers to the agent; there only while they are of use. */
export class DnsTables {
  readonly #transactor: Transactor;
  readonly #tables: ReadonlyMap<Family, Table>;
  /** The families whose table is there. */
  #there: readonly Family[] = [];

  /** Nothing is read or run before the first call. */
  constructor(nft: Nft, transactor: Transactor) {
    this.#transactor = transactor;
    this.#tables = new Map(families.map((family) => {
      return [family, new Table(nft, { name: dnsTables[family], transactor })];
    }));
  }

  /**
   * Makes the tables what they should be; undefined: takes them away, whoever left them.
   *
   * @throws {NftError} when that cannot be done.
   */
  async apply(held: HeldPaths | undefined): Promise<void> {
    this.#there = [];
    for (const [family, table] of this.#tables) {
      const wanted = held === undefined ? undefined : dnsTable(held, family);
      if (wanted !== undefined && wanted.sets.get("resolvers")?.elements.size !== 0) {
        await table.apply(wanted);
        this.#there = [...this.#there, family];
      } else if (await table.read() !== undefined) {
        await table.remove();
      }
    }
  }

  /**
   * Reads the tables back and mends what somebody else changed.
   *
   * @throws {NftError} when that cannot be done.
   */
  async heal(): Promise<void> {
    for (const family of this.#there) await this.#tables.get(family)?.heal();
  }

  /**
   * Says once more that the agent is there.
   *
   * @throws {NftError} when nobody can be told: the table may be gone.
   */
  async beat(): Promise<void> {
    // Not every kernel makes an element that is there last longer.
    await this.#say((says) => [
      ...notThere(says),
      ...says.addElements(aliveSet, alive, [aliveElement]),
    ]);
  }

  /**
   * Says that the agent is not there any more.
   *
   * @throws {NftError} when nobody can be told.
   */
  async leave(): Promise<void> {
    await this.#say(notThere);
  }

  async #say(what: (says: Statements) => Transaction): Promise<void> {
    for (const family of this.#there) {
      await this.#transactor.run(what(new Statements(dnsTables[family])), { bySession: true });
    }
  }
}

/** It may have ended by itself, so it is added first. */
function notThere(says: Statements): Transaction {
  return [
    ...says.addElements(aliveSet, alive, [aliveElement]),
    ...says.deleteElements(aliveSet, [aliveElement]),
  ];
}
