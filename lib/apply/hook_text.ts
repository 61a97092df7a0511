// This module is pure.

/**
 * What nft calls priorities. Versions differ in where they use which name: for `input` and 110
 * nft 1.0.6 prints `110`, and 1.1.3 `srcnat + 10`.
 */
const priorities: ReadonlyMap<string, number> = new Map([
  ["raw", -300],
  ["mangle", -150],
  ["dstnat", -100],
  ["filter", 0],
  ["security", 50],
  ["srcnat", 100],
]);

/**
 * Prints a chain's `type … hook … priority …` line in one way, whatever nft it comes from: in
 * terms of `filter` within 10 of it, otherwise as a number. Other lines are left as they are.
 */
export function formatHook(line: string): string {
  return line.replace(
    /^(type [^"]*? )priority (?:([a-z]+)|(-?\d+))(?: ([+-]) (\d+))?;/,
    (_, start: string, name?: string, number?: string, sign?: string, offset?: string) => {
      const base = name === undefined ? Number(number) : priorities.get(name);
      if (base === undefined) return _;
      return `${start}priority ${formatPriority(base + Number(`${sign ?? ""}${offset ?? 0}`))};`;
    },
  );
}

function formatPriority(priority: number): string {
  if (Math.abs(priority) > 10) return `${priority}`;
  if (priority === 0) return "filter";
  return `filter ${priority < 0 ? "-" : "+"} ${Math.abs(priority)}`;
}
