// This module is pure.

/**
 * A table as `nft -s list table` prints it, taken apart. What the renderer wants and
 * what the kernel holds are both told in this form, so that they are compared as text.
 */
export interface Listing {
  /** Sets and maps by name. */
  readonly sets: ReadonlyMap<string, ListedSet>;
  /** By name. */
  readonly chains: ReadonlyMap<string, ListedChain>;
}

/** A set or a map. */
export interface ListedSet {
  /** As nft declares it; the elements of a map end in a verdict. */
  readonly kind: "set" | "map";
  /** Its lines but the elements, as `typeof ip saddr`, `flags interval`, `comment "…"`. */
  readonly declaration: readonly string[];
  /**
   * Key -> the whole element: `10.0.0.1` -> `10.0.0.1 comment "shop/web" : jump egress-x`.
   * The key alone deletes it. Of a dynamic set: what it begins with, of those that we tend what was
   * added of late; when read back, what is left of that.
   */
  readonly elements: ReadonlyMap<string, string>;
}

/**
 * Tells whether each element of a set bears a timeout of its own, after which the kernel takes it
 * out without being told.
 */
export function isLeased({ declaration }: ListedSet): boolean {
  return declaration.includes("flags timeout");
}

/** Tells whether rules fill a set: what is in it is the kernel's affair. */
export function isDynamic({ declaration }: ListedSet): boolean {
  return declaration.includes("flags dynamic,timeout");
}

/** Tells whether a map leads from ports to chains: its name says its content. */
export function isPortMap({ kind, declaration }: ListedSet): boolean {
  return kind === "map" && declaration.includes("typeof th dport : verdict");
}

/** How long elements stay in the dynamic sets that we add to, too. */
export const timeouts = { brief: "timeout 3m", watched: "timeout 5m" } as const;

/** Tells which of these a set is; undefined: it is not dynamic, or rules alone add to it. */
export function tendedAs(set: ListedSet): keyof typeof timeouts | undefined {
  if (!isDynamic(set)) return undefined;
  if (set.declaration.includes(timeouts.brief)) return "brief";
  return set.declaration.includes(timeouts.watched) ? "watched" : undefined;
}

/** Tells whether rules alone add to a set once it has begun. */
export function isUntended(set: ListedSet): boolean {
  return isDynamic(set) && tendedAs(set) === undefined;
}

/** A chain. */
export interface ListedChain {
  /** Its lines but the rules, as `type filter hook forward priority …; policy accept;`. */
  readonly declaration: readonly string[];
  /** Its rules in order, without counters' values. */
  readonly rules: readonly string[];
}

/** Statements of nft that take effect together or not at all; none holds a line break. */
export type Transaction = readonly string[];

/** What makes one table of another. */
export interface Change {
  /** After these the other table is enforced. */
  readonly steps: readonly Transaction[];
  /** Comes behind them, before anything else; nobody need wait for it. */
  readonly rest: readonly Transaction[];
}

/** All transactions of a change, in their order. */
export function transactionsOf({ steps, rest }: Change): readonly Transaction[] {
  return [...steps, ...rest];
}
