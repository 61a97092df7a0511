import type { Collection } from "./collection.ts";
import type { FieldSelector } from "./field_selector.ts";
import type { Stored } from "./stored.ts";

/** Part of a list. */
export interface Page {
  readonly items: readonly Stored[];
  readonly version: number;
  /** What the next page is asked with; undefined after the last one. */
  readonly next: string | undefined;
  readonly remaining: number;
}

interface Snapshot {
  readonly version: number;
  readonly items: readonly Stored[];
}

/** So many lists can be under way at once; older ones expire. */
const mostSnapshots = 32;

/** Lists in pages: all pages of a list show the same moment. */
export class Pages {
  /** number -> what the list looked like at its first page */
  readonly #snapshots = new Map<number, Snapshot>();
  #count = 0;

  /** The first page, of at most `limit` objects; of all where it is 0. */
  first(
    collection: Collection,
    { limit, selects, version }: { limit: number; selects: FieldSelector; version: number },
  ): Page {
    const items = [...collection.objects.values()].filter(({ fields }) => selects(fields));
    const number = ++this.#count;
    if (limit === 0 || items.length <= limit) {
      return pageOf({ version, items }, number, items.length);
    }
    this.#snapshots.set(number, { version, items });
    const [oldest] = this.#snapshots.keys();
    if (this.#snapshots.size > mostSnapshots && oldest !== undefined) {
      this.#snapshots.delete(oldest);
    }
    return pageOf({ version, items }, number, limit);
  }

  /** The page that a token asks for; undefined where its moment is forgotten. */
  next(
    token: string,
    { limit, forgotten }: { limit: number; forgotten: number },
  ): Page | undefined {
    const [number = NaN, start = NaN] = token.split("-").map(Number);
    const snapshot = this.#snapshots.get(number);
    if (snapshot === undefined || snapshot.version < forgotten) return undefined;
    const size = limit === 0 ? snapshot.items.length : limit;
    return pageOf(snapshot, number, size, start);
  }
}

function pageOf({ version, items }: Snapshot, number: number, size: number, start = 0): Page {
  const end = start + size;
  const remaining = Math.max(0, items.length - end);
  const next = remaining === 0 ? undefined : `${number}-${end}`;
  return { items: items.slice(start, end), version, next, remaining };
}
