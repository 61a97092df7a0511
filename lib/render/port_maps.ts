// This module is pure.
import type { PortMapRule } from "../model/group.ts";
import type { Match, Verdict } from "../model/nft_rule.ts";
import {
  formatPorts,
  mergePorts,
  type PortRange,
  type Protocol,
  protocols,
} from "../model/port.ts";
import type { MapElement, VerdictMap } from "../model/ruleset.ts";
import { classChainName, portMapName } from "./names.ts";
import type { Reading } from "./reading.ts";

/** A look-up of the chain that judges a packet's port. */
export interface PortLookup {
  /** What holds of all packets that have such a port. */
  readonly matches: readonly Match[];
  /** To the class's chain; of a port that no class has, the next rule. */
  readonly verdict: Extract<Verdict, { kind: "vmap" }>;
  /** Whose name says its content: it is never edited. */
  readonly map: VerdictMap;
}

/** Up to here a range is kept port by port, as to look for one costs more than all ports. */
const longestSingle = 16;

/** The look-ups of a rule: for each protocol one for single ports and one for ranges, at most. */
export function portLookups(
  { classes }: PortMapRule,
  tier: string,
  reading: Reading,
): readonly PortLookup[] {
  return protocols.flatMap((protocol) => {
    const entries = classes.flatMap(({ ports }): readonly Entry[] => {
      const own = ports.flatMap((match) =>
        match.kind === "protocol" && match.protocol === protocol ? match.ranges ?? [] : []
      );
      const chain = classChainName(tier, ports);
      return mergePorts(own).map((range) => ({ range, chain }));
    }).sort((a, b) => a.range.first - b.range.first);
    const isLong = ({ range: { first, last } }: Entry): boolean => last - first >= longestSingle;
    const singles = entries.filter((entry) => !isLong(entry)).flatMap(singlePorts);
    const lists = [singles, entries.filter(isLong)].filter(({ length }) => length > 0);
    return lists.map((list) => {
      const map = portMap(list, tier, protocol);
      const { matches, key } = reading.portKey(protocol);
      return { matches, verdict: { kind: "vmap", key, map: map.name }, map };
    });
  });
}

/** Where packets to some ports go. */
interface Entry {
  readonly range: PortRange;
  readonly chain: string;
}

function singlePorts({ range: { first, last }, chain }: Entry): readonly Entry[] {
  return Array.from({ length: last - first + 1 }, (_, i) => {
    return { range: { first: first + i, last: first + i }, chain };
  });
}

/**
 * Named, and new for each content: the kernel empties a map that belongs to a rule as the rule goes,
 * before the last packet has left it, which then was for no class.
 */
function portMap(entries: readonly Entry[], tier: string, protocol: Protocol): VerdictMap {
  const elements = entries.map(({ range, chain }): [string, MapElement] => {
    return [formatPorts(range), { verdict: { kind: "goto", chain }, comment: undefined }];
  });
  const content = elements.map(([ports, { verdict: { chain } }]) => `${ports} : ${chain}`);
  const hasRanges = entries.some(({ range: { first, last } }) => first < last);
  return {
    name: portMapName(tier, protocol, content),
    typeof: "th dport",
    keeping: hasRanges ? "interval" : "fixed",
    comment: undefined,
    elements: new Map(elements),
  };
}
