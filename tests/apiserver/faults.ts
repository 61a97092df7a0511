import type { StatusOptions } from "./wire.ts";

/** Answers that some of the next requests get instead of their own. */
export interface RefusalFault extends StatusOptions {
  /** How many requests; 1 where nothing is said. */
  readonly times?: number;
  /** Only requests whose path and query this matches. */
  readonly matches?: RegExp;
}

/** What the server does wrong, or not at all. Everything can be set while it runs. */
export class Faults {
  /** What becomes of streamed lists; `ignore` is a server that has never heard of them. */
  streamedLists: "serve" | "refuse" | "ignore" = "serve";
  /** How a watch from a forgotten version ends: as a status, or by an event. */
  expiry: "event" | "status" = "event";
  /** Answers wait for so long. */
  delayMs = 0;
  /** Which answers do, by path and query: all, where nothing is said. */
  delays = /(?:)/;
  /** No bookmarks but the one that ends a streamed list. */
  noBookmarks = false;
  #refusals: { fault: RefusalFault; left: number }[] = [];

  /** Refuses some of the next requests. */
  refuse(fault: RefusalFault): void {
    this.#refusals.push({ fault, left: fault.times ?? 1 });
  }

  /** What the request for a path and query is answered instead, if anything. */
  refusalOf(pathAndQuery: string): StatusOptions | undefined {
    const found = this.#refusals.find(({ fault }) => fault.matches?.test(pathAndQuery) ?? true);
    if (found === undefined) return undefined;
    if (--found.left <= 0) this.#refusals = this.#refusals.filter((refusal) => refusal !== found);
    return found.fault;
  }
}
