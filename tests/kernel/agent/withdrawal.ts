import { monotonicMs } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { FlowReport } from "../../lab/traffic_calls.ts";
import type { OpenFlow } from "../../lab/traffic.ts";
import { letIn, port } from "./shop.ts";

/** How long silence is listened to before a flow counts as cut, in ms. */
const silenceMs = 100;

/** How open connections ended when their policy was withdrawn. */
export interface Withdrawal {
  /** When the API server was told, on the monotonic clock, in ms. */
  readonly at: number;
  /** Both ends send. */
  readonly tcp: FlowReport;
  /** Only the server sends. */
  readonly udp: FlowReport;
}

/**
 * Lets a guest into a shop, opens connections from it, and withdraws what they rest on: by turns of
 * `round` the policy goes, the policy forgets the guest, the guest is no guest any more.
 */
export async function withdraw(cluster: Cluster, round: number): Promise<Withdrawal> {
  cluster.put(letIn("guests", "web", "guest"));
  await cluster.settled();
  await using tcp = await open(cluster, "TCP");
  await using udp = await open(cluster, "UDP");
  const at = monotonicMs();
  if (round % 3 === 0) cluster.remove("NetworkPolicy shop/guests");
  else if (round % 3 === 1) cluster.put(letIn("guests", "web", "nobody"));
  else cluster.label("Pod shop/guest", { app: "stranger" });
  const [tcpEnd, udpEnd] = await Promise.all([tcp.silent(silenceMs), udp.silent(silenceMs)]);
  cluster.label("Pod shop/guest", { app: "guest" });
  return { at, tcp: tcpEnd, udp: udpEnd };
}

/** The three ends that hear something: what came to each, and how long after the withdrawal. */
export function endsOf(
  { at, tcp, udp }: Withdrawal,
): readonly { readonly received: number; readonly lastMs: number }[] {
  return [tcp.client, tcp.server, udp.client].map(({ received, lastReceivedAt }) => ({
    received,
    lastMs: Math.max(0, lastReceivedAt - at),
  }));
}

/** A connection that the guest opened to the shop. */
function open(cluster: Cluster, protocol: "TCP" | "UDP"): Promise<OpenFlow> {
  const [from, to] = [cluster.lab.host("shop/guest"), cluster.lab.host("shop/web")];
  return cluster.lab.traffic.open({ from, to, protocol, port, intervalMs: 1 });
}
