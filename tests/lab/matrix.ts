import { families, type Family, familyOf, type IpAddress } from "../../lib/model/address.ts";
import type { Cluster } from "./cluster.ts";
import { findAddress, type Host } from "./topology.ts";
import type { Outcome, ProbeProtocol } from "./traffic_calls.ts";

/** Something that every host tries to reach. */
export interface Target {
  /** The name of the host that answers in the end. */
  readonly host: string;
  readonly protocol: ProbeProtocol;
  /** 0 for ICMP. */
  readonly port: number;
}

/** One attempt: who, whom, by which family, what was seen and what is right. */
export interface Cell {
  readonly from: Host;
  readonly target: Target;
  /** The target's address. */
  readonly to: IpAddress;
  readonly family: Family;
  readonly outcome: Outcome;
  /** Whether the oracle allows it. */
  readonly allowed: boolean;
}

/** A cell is right when packets do what policies say; what is denied is never answered. */
export function isRight({ outcome, allowed }: Cell): boolean {
  return outcome === (allowed ? "open" : "timeout");
}

/** Prints a cell as a line of an error message. */
export function formatCell({ from, target, family, outcome, allowed }: Cell): string {
  const { host, protocol, port } = target;
  const said = allowed ? "allowed" : "denied";
  return `${from.name} to ${host} ${port}/${protocol} by ${family}: ${outcome}, but ${said}`;
}

/**
 * Tries every target from every host at once, by both families. Nobody is asked to reach itself,
 * as that is no affair of any policy. What is allowed and silent for `timeoutMs` is asked again
 * with `patienceMs`: a busy machine is no verdict. What is denied has but one chance to be silent.
 */
export async function measureMatrix(
  cluster: Cluster,
  targets: readonly Target[],
  { timeoutMs = 300, patienceMs = 2000 } = {},
): Promise<readonly Cell[]> {
  const { lab } = cluster;
  const attempts = lab.hosts.flatMap((from) =>
    targets.flatMap((target) => attemptsOf(from, target, lab.host(target.host)))
  );
  const cells = await ask(cluster, attempts, timeoutMs);
  const late = cells.filter(({ allowed, outcome }) => allowed && outcome === "timeout");
  if (late.length === 0) return cells;
  const again = new Map((await ask(cluster, late, patienceMs)).map((cell, i) => [late[i], cell]));
  return cells.map((cell) => again.get(cell) ?? cell);
}

async function ask(
  { lab, oracle }: Cluster,
  attempts: readonly Attempt[],
  timeoutMs: number,
): Promise<readonly Cell[]> {
  const outcomes = await lab.traffic.probeAll(
    attempts.map(({ from, to, target: { protocol, port } }) => ({
      ...{ from, to, protocol, port, timeoutMs },
    })),
  );
  return attempts.map(({ from, to, target }, index) => {
    const outcome = outcomes[index];
    if (outcome === undefined) throw new Error("Cannot fill the matrix: an outcome is missing");
    const { protocol, port } = target;
    const allowed = oracle.allows({ from, to, protocol, port });
    return { from, to, target, family: familyOf(to), outcome, allowed };
  });
}

/** Who is to try whom, at which of its addresses. */
type Attempt = Pick<Cell, "from" | "to" | "target">;

function attemptsOf(from: Host, target: Target, host: Host): readonly Attempt[] {
  if (from === host) return [];
  return families.flatMap((family) => {
    const to = findAddress(host, family);
    return to === undefined || findAddress(from, family) === undefined
      ? []
      : [{ from, to, target }];
  });
}
