// This module is pure.

/** A protocol that policies name, in the Kubernetes API's words (NP-40). */
export type Protocol = "TCP" | "UDP" | "SCTP";

/** Every protocol that policies name, in the order in which everything is sorted and printed. */
export const protocols: readonly Protocol[] = ["TCP", "UDP", "SCTP"];

/** Ports from `first` to `last`, both included. */
export interface PortRange {
  /** 1 to 65535. */
  readonly first: number;
  /** `first` to 65535. */
  readonly last: number;
}

/** Sorts ranges and joins those that overlap or touch, so that equal sets of ports are equal lists. */
export function mergePorts(ranges: Iterable<PortRange>): readonly PortRange[] {
  const merged: { first: number; last: number }[] = [];
  for (const range of [...ranges].sort((a, b) => a.first - b.first || a.last - b.last)) {
    const previous = merged.at(-1);
    if (previous !== undefined && range.first <= previous.last + 1) {
      previous.last = Math.max(previous.last, range.last);
    } else {
      merged.push({ ...range });
    }
  }
  return merged;
}

/** Prints a range as nft does: `80`, `8000-8080`. */
export function formatPorts({ first, last }: PortRange): string {
  return first === last ? `${first}` : `${first}-${last}`;
}
