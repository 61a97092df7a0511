import * as fc from "fast-check";
import type { ClusterStore } from "../../lib/cluster/store.ts";
import type { IpAddress } from "../../lib/model/address.ts";
import { podIps } from "./addresses.ts";

/** What the CNI plugin, or its missing, tells of a sandbox. */
export interface SandboxStep {
  readonly how: "add" | "add" | "del" | "gone";
  /** Which pod it is of: a number, taken as it fits. */
  readonly place: number;
  /** Which sandbox: so few that they are made again with another pod. */
  readonly sandbox: number;
  readonly ips: readonly string[];
  /** False: the runtime does not tell. */
  readonly hasUid: boolean;
  /** The interface on the host: so few that names are used again; 0: the plugin does not tell. */
  readonly link: number;
}

/** Whatever a runtime may do. */
export const sandboxStep: fc.Arbitrary<SandboxStep> = fc.record({
  how: fc.constantFrom<SandboxStep["how"][]>("add", "add", "del", "gone"),
  place: fc.nat({ max: 0xffff }),
  sandbox: fc.nat({ max: 3 }),
  ips: podIps,
  hasUid: fc.boolean(),
  link: fc.nat({ max: 4 }),
});

/** Tells a store of it; the pod is one that it knows, or one that nobody does. */
export function tellSandbox(store: ClusterStore, step: SandboxStep): void {
  const { how, place, sandbox, ips, hasUid, link } = step;
  const name = { containerID: `s${sandbox}`, ifName: "eth0" };
  if (how === "del") return store.retire(name);
  if (how === "gone") return store.forgetEndpoint(name);
  const pods = [...store.pods.values()];
  const pod = pods[place % (pods.length + 1)];
  store.announce({
    ...{ ...name, netns: `/run/netns/${sandbox}`, ips: ips as readonly IpAddress[] },
    podNamespace: pod?.namespace ?? "red",
    podName: pod?.name ?? "nobody",
    podUID: hasUid ? pod?.uid ?? "none" : "",
    hostInterface: link === 0 ? "" : `veth${link}`,
    bridge: link % 3 === 2 ? "cni0" : "",
  }, () => {});
}
