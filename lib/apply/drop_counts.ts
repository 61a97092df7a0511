import { getLogger } from "@logtape/logtape";
import { mainTable, type TableName } from "../model/table_name.ts";
import type { Nft } from "./nft.ts";

const logger = getLogger(["hedgerow", "apply"]);

/** What a chain that does nothing but count and drop is for. */
interface DropChain {
  readonly table: TableName;
  readonly chain: string;
  /** Why it drops, in a word. */
  readonly reason: string;
}

const chains: readonly DropChain[] = [
  { table: mainTable, chain: "spoofed", reason: "source" },
];

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
    for (const { table, chain, reason } of chains) {
      try {
        const text = await this.#nft.listChain(table, chain);
        if (text !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + packetsIn(text));
      } catch (error) {
        logger.warning("Cannot read what chain {chain} has dropped: {error}", { chain, error });
      }
    }
    return counts;
  }
}

function packetsIn(text: string): number {
  return [...text.matchAll(/\bcounter packets (\d+) /g)]
    .reduce((sum, [, packets]) => sum + Number(packets), 0);
}
