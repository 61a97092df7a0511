import { protocols } from "../../lib/model/port.ts";
import { Lab } from "../lab/lab.ts";
import type { Host, Topology } from "../lab/topology.ts";
import type { Probe } from "../lab/traffic.ts";
import type { ProbeProtocol } from "../lab/traffic_calls.ts";

/** The port on which everybody answers. */
export const PORT = 80;

/** The smallest cluster in which everything can be asked. */
export const twoNodes: Topology = {
  nodes: [{ name: "n1", pods: ["a/1", "a/2"] }, { name: "n2", pods: ["b/3", "b/4"] }],
};

/** A lab whose hosts answer by every protocol. */
export function createLab(topology: Topology = twoNodes): Promise<Lab> {
  return Lab.create(topology, protocols.map((protocol) => ({ protocol, port: PORT })));
}

/** The same question in both families. */
export function both(from: Host, to: Host, protocol: ProbeProtocol): readonly Probe[] {
  const port = protocol === "ICMP" ? {} : { port: PORT };
  return to.addresses.map((address) => ({ from, to: address, protocol, ...port }));
}

/** Chains like a policy agent's, as few as they can be: keyed on the connection's tuple. */
export function baseChains(first = ""): string {
  return `table inet hedgerow {
    set denied4 { typeof ip saddr; }
    set denied6 { typeof ip6 saddr; }
    chain forward {
      type filter hook forward priority filter - 5; policy accept;
      ${first}
      ct reply ip saddr @denied4 counter drop
      ct reply ip6 saddr @denied6 counter drop
    }
  }`;
}
