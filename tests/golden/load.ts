import assert from "node:assert/strict";
import { parseListing } from "../../lib/apply/listing_parser.ts";
import { Nft } from "../../lib/apply/nft.ts";
import { isUntended, type ListedSet, type Listing, tendedAs } from "../../lib/model/listing.ts";
import { mainTable, type TableName } from "../../lib/model/table_name.ts";
import { Namespace } from "../kernel/apply/namespace.ts";

/** How nft is run where it is not the one of the system. */
export type NftCommand = readonly [string, ...string[]];

/** A fresh network namespace with an nft of one's choice in it. */
export class NftNamespace implements AsyncDisposable {
  readonly #namespace: Namespace;
  readonly nft: Nft;

  private constructor(namespace: Namespace, command: NftCommand | undefined) {
    this.#namespace = namespace;
    const [nsenter, net] = namespace.command;
    this.nft = command === undefined
      ? namespace.nft
      : new Nft({ command: [nsenter, net ?? "", ...command] });
  }

  /** Makes one; without a command the nft in it is the system's. */
  static async make(command?: NftCommand): Promise<NftNamespace> {
    return new NftNamespace(await Namespace.make(), command);
  }

  /** Loads a script that nft must take, first as a mere check. */
  async load(script: string): Promise<void> {
    await this.nft.check(script);
    await this.nft.run(script);
  }

  /**
   * Proves that the kernel holds what a listing tells, and nothing else but what is watched of late:
   * rules make that last longer, and only the kernel takes it out.
   */
  async assertHolds(listing: Listing, table: TableName = mainTable): Promise<void> {
    const text = await this.nft.list(table);
    assert.ok(text !== undefined, "the table is not there");
    const { declaration, others, ...reading } = parseListing(text, table);
    assert.deepEqual({ declaration, others }, { declaration: [], others: [] });
    assert.deepEqual(withoutWatched(reading.listing, listing), asRead(listing));
  }

  /** Removes the namespace with all that is in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#namespace[Symbol.asyncDispose]();
  }
}

/** What rules alone fill is read as empty, whatever it began with. */
function asRead({ sets, chains }: Listing): Listing {
  const read = [...sets].map(([name, set]): [string, ListedSet] => [
    name,
    isUntended(set) ? { ...set, elements: new Map() } : set,
  ]);
  return { sets: new Map(read), chains };
}

/** Without elements of watched sets that are not wanted any more. */
function withoutWatched({ sets, chains }: Listing, wanted: Listing): Listing {
  const some = [...sets].map(([name, set]): [string, ListedSet] => {
    if (tendedAs(set) !== "watched") return [name, set];
    const own = [...set.elements].filter(([key]) => wanted.sets.get(name)?.elements.has(key));
    return [name, { ...set, elements: new Map(own) }];
  });
  return { sets: new Map(some), chains };
}
