import type { Jump } from "../../lib/model/nft_rule.ts";
import type { Hook } from "../../lib/model/ruleset.ts";
import type { Packet } from "./packet.ts";
import type { LoadedChain, LoadedRule, Table } from "./table.ts";

/** What became of a packet at one hook. */
export interface Passage {
  readonly verdict: "accept" | "drop";
  /** The rules whose matches all held, in the order in which the packet met them. */
  readonly steps: readonly Step[];
}

/** A rule that matched. */
export interface Step {
  readonly chain: string;
  /** Its place in the chain, from 0. */
  readonly rule: number;
}

type Outcome = "accept" | "drop" | "return";

interface Course {
  readonly table: Table;
  readonly packet: Packet;
  readonly steps: Step[];
}

/** Walks a packet through the table's chain at the packet's hook, as the kernel does. */
export function walk(table: Table, packet: Packet): Passage {
  const course: Course = { table, packet, steps: [] };
  const chain = baseChain(table, packet.hook);
  const outcome = chain === undefined ? "return" : walkChain(chain, course);
  // The base chains' policy is accept, for a packet that comes to their end or returns.
  return { verdict: outcome === "drop" ? "drop" : "accept", steps: course.steps };
}

/** Undefined where sources are of no interest. */
function baseChain(table: Table, hook: Hook["hook"]): LoadedChain | undefined {
  const chains = [...table.chains.values()].filter((chain) => chain.hook?.hook === hook);
  const [chain, ...more] = chains;
  if (more.length > 0 || (chain === undefined && hook !== "prerouting")) {
    throw new Error(`Cannot walk: ${chains.length} base chains at hook ${hook}, one is expected`);
  }
  return chain;
}

function walkChain(chain: LoadedChain, course: Course): Outcome {
  for (const [index, rule] of chain.rules.entries()) {
    if (!rule.predicates.every((predicate) => predicate(course.packet))) continue;
    const verdict = verdictOf(rule, course);
    if (verdict === undefined) continue; // or the map has no such element
    course.steps.push({ chain: chain.name, rule: index });
    if (verdict.kind === "goto") return walkChain(chainOf(verdict, course), course);
    if (verdict.kind !== "jump") return verdict.kind;
    const outcome = walkChain(chainOf(verdict, course), course);
    if (outcome !== "return") return outcome;
  }
  return "return";
}

function verdictOf(
  { verdict }: LoadedRule,
  { packet }: Course,
): Jump | { readonly kind: Outcome } | undefined {
  if (verdict?.kind !== "vmap") return verdict;
  const key = verdict.key.read(packet);
  return key === undefined ? undefined : verdict.map.find(key);
}

function chainOf({ chain }: Jump, { table }: Course): LoadedChain {
  const found = table.chains.get(chain);
  if (found === undefined) throw new Error(`Cannot walk: chain "${chain}" is not there`);
  return found;
}
