import { getLogger } from "@logtape/logtape";
import { mainTable, type TableName } from "../model/table_name.ts";
import { portsTableName } from "../render/ports_table.ts";
import type { Nft } from "./nft.ts";

const logger = getLogger(["hedgerow", "apply"]);

/**
 * Chains that do nothing but count and drop, by their table: name -> why, in a word. Those that need
 * not be there stand behind the others.
 */
const chains: ReadonlyMap<TableName, ReadonlyMap<string, string>> = new Map([
  [mainTable, new Map([["spoofed", "source"], ["tunnelled", "tunnel"]])],
  [
    portsTableName,
    new Map([
      ["spoofed", "source"],
      ["tagged", "vlan"],
      ["rogue-router", "router"],
      ["link-local", "link-local"],
      ["to-everybody", "everybody"],
    ]),
  ],
]);

/** How many packets were dropped that came by interfaces of pods, by why; as the kernel has it. */
export class DropCounts {
  readonly #nft: Nft;
  #reading: Promise<ReadonlyMap<string, number>> | undefined;

  /** Nothing is read yet. */
  constructor(nft: Nft) {
    this.#nft = nft;
  }

  /** Reads them: those who ask at once share a reading. What cannot be read is not in it. */
  read(): Promise<ReadonlyMap<string, number>> {
    this.#reading ??= this.#read().finally(() => this.#reading = undefined);
    return this.#reading;
  }

  async #read(): Promise<ReadonlyMap<string, number>> {
    const counts = new Map<string, number>();
    for (const [table, reasons] of chains) {
      for (const [chain, reason] of reasons) {
        const count = await this.#count(table, chain);
        if (count === "none") break; // and none of those behind it
        if (count !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + count);
      }
    }
    return counts;
  }

  async #count(table: TableName, chain: string): Promise<number | "none" | undefined> {
    try {
      const text = await this.#nft.listChain(table, chain);
      return text === undefined ? "none" : packetsIn(text);
    } catch (error) {
      logger.warning("Cannot read what chain {chain} has dropped: {error}", { chain, error });
      return undefined;
    }
  }
}

function packetsIn(text: string): number {
  return [...text.matchAll(/\bcounter packets (\d+) /g)]
    .reduce((sum, [, packets]) => sum + Number(packets), 0);
}
