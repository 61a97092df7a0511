import type { Listing } from "../model/listing.ts";
import type { TableName } from "../model/table_name.ts";
import { type Drift, findDrift, findSetDrift } from "./drift.ts";
import { ListingError } from "./listing_lines.ts";
import { parseListing, parseSets, type ReadOptions } from "./listing_parser.ts";
import type { Nft } from "./nft.ts";
import { timeOfDay } from "./time_of_day.ts";
import type { TableReading } from "./table_reading.ts";
import type { Part } from "./turns.ts";

/** Reads one table back, whole or in part, and changes nothing. */
export class TableReader {
  readonly #nft: Nft;
  readonly #name: TableName;

  /** Nothing is read before the first call. */
  constructor(nft: Nft, name: TableName) {
    this.#nft = nft;
    this.#name = name;
  }

  /**
   * All of it; undefined: it is not there.
   *
   * @throws {NftError} when nft cannot be asked.
   * @throws {ListingError} when it is not understood.
   */
  async read(options: ReadOptions = {}): Promise<TableReading | undefined> {
    const text = await this.#nft.list(this.#name);
    return text === undefined ? undefined : parseListing(text, this.#name, options);
  }

  /**
   * Tells whether a part of it reads as it should; what is not understood does not.
   *
   * @throws {NftError} when nft cannot be asked.
   */
  async isAsWanted(part: Part, wanted: Listing): Promise<boolean> {
    try {
      return (await this.#drift(part, wanted)).length === 0;
    } catch (error) {
      if (error instanceof ListingError) return false;
      throw error;
    }
  }

  async #drift(part: Part, wanted: Listing): Promise<readonly Drift[]> {
    const table = { name: this.#name, now: timeOfDay() };
    switch (part.kind) {
      case "whole":
        return findDrift(await this.read(), wanted, table);
      case "structure": {
        const text = await this.#nft.list(this.#name, { terse: true });
        const reading = text === undefined ? undefined : parseListing(text, this.#name);
        return findDrift(reading, withoutElements(wanted), table);
      }
      case "sets": {
        // Sets may have gone since their turn was planned.
        const sets = new Map(part.names.flatMap((name) => {
          const set = wanted.sets.get(name);
          return set === undefined ? [] : [[name, set] as const];
        }));
        const found = parseSets(await this.#nft.listSets(this.#name, sets), this.#name);
        return findSetDrift(found, sets, table.now);
      }
      default:
        return part satisfies never;
    }
  }
}

function withoutElements({ sets, chains }: Listing): Listing {
  const bare = [...sets].map(([name, set]) => [name, { ...set, elements: new Map() }] as const);
  return { sets: new Map(bare), chains };
}
