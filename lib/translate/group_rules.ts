// This module is pure.
import type { GroupRule, PeerMatch, PortMatch } from "../model/group.ts";
import { protocols } from "../model/port.ts";
import {
  type Allowance,
  type AllowanceRun,
  mergeAllowances,
  type NamedPorts,
  policiesOf,
} from "./allowances.ts";
import type { Peers } from "./peers.ts";
import { mapPorts } from "./port_map.ts";
import { partsAtNames, resolve } from "./resolution.ts";
import { addressSetKey, endpointSetKey, nameSetKey, type SetDefinitions } from "./sets.ts";

/** Up to here it is as quick to ask one after the other, and the sets are shared by more. */
const mostInARow = 8;

/**
 * The rules of what a tier says; the sets that they name are added to the definitions. Where there
 * are many that cannot be merged, as they do different things, it is worked out beforehand who is
 * met by which first.
 */
export function groupRules(
  list: readonly Allowance[],
  definitions: SetDefinitions,
  isLast = true,
): readonly GroupRule[] {
  const runs = mergeAllowances(list);
  const merged = (): readonly GroupRule[] =>
    runs.flatMap((run, i) => {
      const isEnd = isLast && i === runs.length - 1;
      return isEnd ? lastRules(run, definitions) : rulesOf(run, definitions);
    });
  if (isShort(runs)) return merged();
  const parts = partsAtNames(list);
  if (parts.length === 1) return resolve(list, definitions, isLast) ?? merged();
  return parts.flatMap((part, i) => groupRules(part, definitions, i === parts.length - 1));
}

function isShort(runs: readonly AllowanceRun[]): boolean {
  const count = runs.reduce((sum, { length }) => sum + length, 0);
  return runs.length < 3 || count <= mostInARow;
}

/** The rules of one action that nothing stands behind: where they are many, by their ports. */
function lastRules(run: AllowanceRun, definitions: SetDefinitions): readonly GroupRule[] {
  const { row, classes } = mapPorts(run);
  const rules = rulesOf(row, definitions);
  const [first] = run;
  if (classes.length === 0 || first === undefined) return rules;
  const { action } = first;
  const mapped = classes.map(({ ports, peers, policies }) => {
    const match = peerMatch(peers, definitions);
    return {
      ports,
      rules: [{ kind: "peers", action, ports: all, peers: match, policies }],
    } as const;
  });
  return [...rules, { kind: "port map", classes: mapped }];
}

const all: PortMatch = { kind: "all" };

/** The rules of one action: by number first, then by name, a rule for each protocol. */
function rulesOf(run: AllowanceRun, definitions: SetDefinitions): readonly GroupRule[] {
  const rules: GroupRule[] = [];
  for (const { action, ports, peers, policies } of run) {
    if (ports.kind === "name") continue;
    const match = peerMatch(peers, definitions);
    rules.push({ kind: "peers", action, ports: ports.ports, peers: match, policies });
  }
  for (const protocol of protocols) {
    const named = run.filter((a): a is Allowance<NamedPorts> =>
      a.ports.kind === "name" && a.ports.protocol === protocol
    );
    const [first] = named;
    if (first === undefined) continue;
    const policies = policiesOf(named);
    const steps = named.map((said) => ({ said, isMember: true }));
    const endpoints = endpointSetKey(definitions, steps);
    rules.push({ kind: "endpoints", action: first.action, protocol, endpoints, policies });
  }
  return rules;
}

function peerMatch(peers: Peers, definitions: SetDefinitions): PeerMatch {
  if (peers === "all") return { kind: "all" };
  const { selections, blocks, names } = peers;
  const steps = selections.length === 0 ? [] : [{ isMember: true, selections, blocks: [] }];
  return {
    kind: "union",
    addresses: addressSetKey(definitions, steps),
    blocks,
    names: nameSetKey(definitions, names),
  };
}
