// This module is pure.
import { isDynamic, isLeased, type ListedSet, type Listing } from "../model/listing.ts";
import { tryParseLease } from "../model/lease.ts";
import { isSame } from "../model/same.ts";
import { mainTable, type TableName } from "../model/table_name.ts";
import { isDormant, type TableReading } from "./table_reading.ts";

/** In which way the kernel differs from what was put there. */
export type DriftKind =
  | "table missing"
  | "table unreadable"
  | "table dormant"
  | "chain missing"
  | "chain changed"
  | "chain foreign"
  | "set missing"
  | "set changed"
  | "set foreign"
  | "elements missing"
  | "elements changed"
  | "elements foreign"
  | "object foreign";

/** One thing that somebody else changed. */
export interface Drift {
  /** In which way, to be counted by. */
  readonly kind: DriftKind;
  /** In words, as `set pods4-web lacks 2 elements: 10.0.0.1, 10.0.0.2`. */
  readonly text: string;
}

/** Which table was read back, and when. */
export interface ReadTable {
  /** As nft names it. */
  readonly name: TableName;
  /** In ms since the epoch: elements whose lease is over may be there or not. */
  readonly now: number;
}

/** What differs between what was read back (undefined: no table) and what should be there. */
export function findDrift(
  reading: TableReading | undefined,
  wanted: Listing,
  { name, now }: ReadTable = { name: mainTable, now: 0 },
): readonly Drift[] {
  if (reading === undefined) return [{ kind: "table missing", text: `table ${name} is gone` }];
  const dormant = `table ${name} is dormant: none of its chains sees a packet`;
  return [
    ...(isDormant(reading) ? [{ kind: "table dormant", text: dormant } as const] : []),
    ...chainDrift(reading.listing, wanted),
    ...findSetDrift(reading.listing.sets, wanted.sets, now),
    ...reading.others.map(({ kind, name }): Drift => ({
      kind: "object foreign",
      text: `${kind} ${name} is foreign`,
    })),
  ];
}

function chainDrift(found: Listing, wanted: Listing): readonly Drift[] {
  const drift: Drift[] = [];
  for (const [name, chain] of wanted.chains) {
    const other = found.chains.get(name);
    if (other === undefined) {
      drift.push({ kind: "chain missing", text: `chain ${name} is missing` });
    } else if (!isSame(other.declaration, chain.declaration)) {
      const text = `chain ${name} is declared otherwise: ${firstOther(other, chain)}`;
      drift.push({ kind: "chain changed", text });
    } else if (!isSame(other.rules, chain.rules)) {
      const counts = `${other.rules.length} instead of ${chain.rules.length}`;
      const text = other.rules.length === chain.rules.length
        ? `chain ${name} has other rules`
        : `chain ${name} has other rules: ${counts}`;
      drift.push({ kind: "chain changed", text });
    }
  }
  for (const name of found.chains.keys()) {
    if (!wanted.chains.has(name)) {
      drift.push({ kind: "chain foreign", text: `chain ${name} is foreign` });
    }
  }
  return drift;
}

/** What differs between the sets that were read back and those that should be there. */
export function findSetDrift(
  found: Listing["sets"],
  wanted: Listing["sets"],
  now: number,
): readonly Drift[] {
  const drift: Drift[] = [];
  for (const [name, set] of wanted) {
    const other = found.get(name);
    if (other === undefined) {
      drift.push({ kind: "set missing", text: `${set.kind} ${name} is missing` });
    } else if (other.kind !== set.kind || !isSame(other.declaration, set.declaration)) {
      const text = `${set.kind} ${name} is declared otherwise: ${firstOther(other, set)}`;
      drift.push({ kind: "set changed", text });
    } else {
      const what = `${set.kind} ${name}`;
      drift.push(...elementDrift(what, withoutEnded(other, now), withoutEnded(set, now)));
    }
  }
  for (const [name, { kind }] of found) {
    if (!wanted.has(name)) {
      drift.push({ kind: "set foreign", text: `${kind} ${name} is foreign` });
    }
  }
  return drift;
}

/** What a lease ends by, at the latest, after its time is over, in ms. */
const leaseSlackMs = 2000;

/** Without what the kernel adds or takes out by itself, and so may or may not be there. */
function withoutEnded(set: ListedSet, now: number): ListedSet {
  if (isDynamic(set)) return { ...set, elements: new Map() };
  if (!isLeased(set)) return set;
  const elements = [...set.elements].filter(([, text]) =>
    (tryParseLease(text)?.until ?? Infinity) > now + leaseSlackMs
  );
  return { ...set, elements: new Map(elements) };
}

function elementDrift(what: string, found: ListedSet, wanted: ListedSet): readonly Drift[] {
  const missing: string[] = [];
  const changed: string[] = [];
  for (const [key, text] of wanted.elements) {
    const other = found.elements.get(key);
    if (other === undefined) missing.push(key);
    else if (other !== text) changed.push(key);
  }
  const isAllKnown = found.elements.size === wanted.elements.size - missing.length;
  const foreign = isAllKnown
    ? []
    : [...found.elements.keys()].filter((key) => !wanted.elements.has(key));
  const drift: Drift[] = [];
  if (missing.length > 0) {
    drift.push({ kind: "elements missing", text: `${what} lacks ${listKeys(missing)}` });
  }
  if (changed.length > 0) {
    drift.push({ kind: "elements changed", text: `${what} has changed ${listKeys(changed)}` });
  }
  if (foreign.length > 0) {
    drift.push({ kind: "elements foreign", text: `${what} has foreign ${listKeys(foreign)}` });
  }
  return drift;
}

/** The first few are named: drift is told on one line, whatever its size. */
function listKeys(keys: readonly string[]): string {
  const named = keys.slice(0, 3).join(", ");
  const count = keys.length === 1 ? "1 element" : `${keys.length} elements`;
  return `${count}: ${named}${keys.length > 3 ? ", …" : ""}`;
}

interface Declared {
  readonly declaration: readonly string[];
}

function firstOther(found: Declared, wanted: Declared): string {
  const length = Math.max(found.declaration.length, wanted.declaration.length);
  for (let i = 0; i < length; i++) {
    const [is, should] = [found.declaration[i], wanted.declaration[i]];
    if (is !== should) return `found ${is ?? "nothing"}, expected ${should ?? "nothing"}`;
  }
  return "found another kind of object";
}
