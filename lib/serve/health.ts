// This module is pure.
import { families } from "../model/address.ts";
import { formatTie } from "../model/priority_tie.ts";
import type { SourceStatus } from "../watch/source.ts";
import { formatHidden } from "./bridge_netfilter.ts";
import type { AgentStatus, InterfacesStatus, NamesStatus } from "./status.ts";

/** What DNS told and was too much is told for so long, in ms. */
const refusedMs = 300_000;

/** Of a list of names a line tells so many. */
const mostNames = 10;

/** An answer to a probe. */
export interface Health {
  /** True: 200; false: 503. */
  readonly isGood: boolean;
  /** A line for each thing to tell. */
  readonly lines: readonly string[];
}

/**
 * Whether the agent enforces what it knows: synced, and the last pass in the kernel. What is
 * amiss beside that is told, and does not make it unready: the kernel enforces what is known.
 * Notes tell what is in order, and perhaps not what was meant.
 */
export function readiness(status: AgentStatus, now: number): Health {
  const missing = missingLines(status);
  if (missing.length > 0) return { isGood: false, lines: missing };
  const degraded = degradedLines(status, now);
  const lines = degraded.length === 0 ? ["ok"] : ["degraded:", ...degraded];
  return { isGood: true, lines: [...lines, ...notes(status).map((note) => `note: ${note}`)] };
}

/**
 * Whether the loop turns.
 *
 * @param patienceMs How long a turn may take, in ms.
 */
export function liveness(status: AgentStatus, now: number, patienceMs: number): Health {
  const idleMs = now - status.reconcile.turnedAt;
  if (idleMs <= patienceMs) return { isGood: true, lines: ["ok"] };
  return { isGood: false, lines: [`the reconcile loop has not turned for ${seconds(idleMs)}`] };
}

function missingLines({ sources, reconcile }: AgentStatus): readonly string[] {
  const unsynced = sources.filter((source) => !source.isSynced).map((source) =>
    `${source.name}: not synced${source.problem === undefined ? "" : `: ${source.problem}`}`
  );
  if (unsynced.length > 0) return unsynced;
  if (reconcile.lastError !== undefined) {
    return [`the last pass could not be applied: ${reconcile.lastError}`];
  }
  return reconcile.hasApplied ? [] : ["no ruleset is in the kernel yet"];
}

function degradedLines(status: AgentStatus, now: number): readonly string[] {
  const lines = status.sources.flatMap((source) => sourceLines(source, now));
  for (const { name, reason } of status.reconcile.quarantined) {
    lines.push(`policy ${name} is in quarantine, its pods are isolated: ${reason}`);
  }
  lines.push(...nameLines(status.names, now));
  for (const problem of status.conditions?.problems ?? []) {
    lines.push(`status.conditions of policies are not written: ${problem}`);
  }
  lines.push(...status.bridges.problems);
  if (!status.isNodeKnown) {
    lines.push(`no Node has the name "${status.nodeName}": see --node-name`);
  }
  return lines;
}

function nameLines(names: NamesStatus, now: number): readonly string[] {
  const { problem, paths, unanswered, refusedAt = -Infinity } = names;
  const lines: string[] = [];
  if (problem !== undefined) lines.push(`DNS answers reach pods before us: ${problem}`);
  if (paths?.resolvers.length === 0) {
    lines.push(
      "rules name domains, and no resolver is known: no pod in kube-system has the label " +
        "k8s-app=kube-dns, and no --dns-resolver is given",
    );
  } else if (unanswered.length > 0) {
    lines.push(`domain names that no resolver answers for: ${atMost(mostNames, unanswered)}`);
  }
  if (now - refusedAt < refusedMs) {
    lines.push(`addresses of domain names were too many, the last ${seconds(now - refusedAt)} ago`);
  }
  return lines;
}

function atMost(most: number, names: readonly string[]): string {
  const text = names.slice(0, most).join(", ");
  return names.length > most ? `${text} and ${names.length - most} more` : text;
}

function notes(status: AgentStatus): readonly string[] {
  const { reconcile, sandboxes, bridges: { shown } } = status;
  const { isolated: { ingress, egress }, ties } = reconcile;
  // Without the CNI plugin nobody tells us whether pods are ports of a bridge.
  const isUnsure = ingress + egress > 0 && ![...sandboxes.values()].some((count) => count > 0);
  const hidden = isUnsure ? families.filter((family) => shown.get(family) === false) : [];
  return [
    ...ties.map(formatTie),
    ...nameNotes(status.names),
    ...interfaceNotes(status.interfaces),
    ...hidden.map((family) =>
      `pods that are ports of a bridge would not be policed among each other: ${
        formatHidden(family)
      }`
    ),
  ];
}

/** What pods are told otherwise opens nothing (CNP-22). */
function nameNotes({ paths }: NamesStatus): readonly string[] {
  if (paths === undefined || paths.resolvers.length === 0) return [];
  return [
    `names behind wildcards are learned from what ${atMost(mostNames, paths.resolvers)} ` +
    `answer by UDP: answers over TCP, DoT and DoH, of others, and of a cache on this node are not seen`,
  ];
}

/** What only the interface tells is open where it is not known. */
function interfaceNotes({ unknown, antiSpoof }: InterfacesStatus): readonly string[] {
  const pods = unknown === 1 ? "1 pod" : `${unknown} pods`;
  return [
    ...(antiSpoof ? [] : ["--anti-spoof=off: pods may send from whatever address they like"]),
    ...(unknown === 0 ? [] : [
      `${pods} the CNI plugin did not tell the interface of: neither are their sources checked, ` +
      `nor is their link-local traffic policed`,
    ]),
  ];
}

function sourceLines(source: SourceStatus, now: number): string[] {
  const lines = [...source.issues];
  if (source.awaySince !== undefined) {
    const why = source.problem === undefined ? "" : `: ${source.problem}`;
    lines.push(`${source.name}: not heard of for ${seconds(now - source.awaySince)}${why}`);
  } else if (source.problem !== undefined) {
    lines.push(`${source.name}: ${source.problem}`);
  }
  return lines;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
