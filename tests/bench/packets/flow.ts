// This module is pure.
import { evaluate } from "../../../lib/evaluate/evaluate.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Verdict } from "../../../lib/evaluate/verdict.ts";
import type { ClusterState, Pod } from "../../../lib/model/cluster.ts";
import { shuffled } from "../random.ts";

/** What one pod sends another, and the policies of every table let pass. */
export interface PacketFlow {
  readonly client: IpAddress;
  readonly server: IpAddress;
  readonly port: number;
}

/** A flow that no policy is about: from an address to another that no pod has. */
export const freeFlow: PacketFlow = {
  client: "10.99.0.1" as IpAddress,
  server: "10.99.0.2" as IpAddress,
  port: 80,
};

/** What flows are chosen from. */
export interface FlowChoice {
  /** Every one of them must allow a flow; the smallest first, as it is asked most. */
  readonly states: readonly ClusterState[];
  readonly clients: readonly Pod[];
  readonly protocol: "TCP" | "UDP";
  /** No client is among them. */
  readonly servers: readonly Pod[];
  readonly ports: readonly number[];
  /** How many whose client NetworkPolicy isolates, too, and how many where it is the server alone. */
  readonly counts: { readonly bothEnds: number; readonly serverOnly: number };
  readonly seed: number;
}

type Kind = keyof FlowChoice["counts"];

/**
 * Chooses flows that every state allows and no rule of a tier decides: those have been asked in
 * vain then, which costs most.
 */
export function chooseFlows(choice: FlowChoice): readonly PacketFlow[] {
  const { clients, servers, ports, counts, seed } = choice;
  const wanted: Record<Kind, number> = { ...counts };
  const flows: PacketFlow[] = [];
  const pairs = clients.flatMap((client) => servers.map((server) => ({ client, server })));
  for (const [i, { client, server }] of shuffled(pairs, seed).entries()) {
    const [from, to] = [client.addresses[0], server.addresses[0]];
    if (from === undefined || to === undefined) continue;
    for (const port of [...ports.slice(i % ports.length), ...ports]) {
      const flow = { client: from, server: to, port };
      const kind = kindOf(flow, choice);
      if (kind === undefined || wanted[kind] === 0) continue;
      wanted[kind]--;
      flows.push(flow);
      break;
    }
  }
  if (wanted.bothEnds + wanted.serverOnly === 0) return flows;
  throw new Error(`Cannot find enough flows that all policies allow: ${JSON.stringify(wanted)}`);
}

/** Undefined where some state denies it, does not isolate the server, or decides by a tier. */
function kindOf(flow: PacketFlow, { states, protocol }: FlowChoice): Kind | undefined {
  let kind: Kind | undefined;
  for (const state of states) {
    const { allowed, egress, ingress } = judge(flow, protocol, state);
    if (!allowed || egress.kind === "decided" || ingress.kind !== "isolated") return undefined;
    const found = egress.kind === "isolated" ? "bothEnds" : "serverOnly";
    if (kind !== undefined && kind !== found) return undefined;
    kind = found;
  }
  return kind;
}

function judge(
  { client, server, port }: PacketFlow,
  protocol: "TCP" | "UDP",
  state: ClusterState,
): Verdict {
  return evaluate(state, {
    ...{ source: client, destination: server },
    ...{ transport: { protocol, port }, senderNode: undefined },
  });
}
