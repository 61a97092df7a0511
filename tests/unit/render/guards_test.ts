import { deepEqual } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { listRuleset } from "../../../lib/render/listing.ts";
import { portsTable } from "../../../lib/render/ports_table.ts";
import { renderRuleset } from "../../../lib/render/render.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { makeStore, podRecord } from "../records.ts";

const [a, b] = ["10.0.0.1", "10.0.0.2"] as IpAddress[] as [IpAddress, IpAddress];

Deno.test("a sandbox whose addresses are all another's by now is closed to link-local traffic, too", () => {
  const { store } = makeStore();
  for (const [name, address, bridge] of [["routed", a, ""], ["bridged", b, "cni0"]] as const) {
    const old = podRecord(name);
    store.sinks.pods.upsert(old, 1);
    const pod = { podNamespace: "shop", podName: name, podUID: "" };
    const link = { hostInterface: `veth-${name}`, bridge };
    const endpoint = { containerID: name, netns: "", ifName: "eth0", ...pod, ...link };
    store.announce({ ...endpoint, ips: [address] }, () => {});
    store.sinks.pods.remove(old, 2);
    const young = { addresses: [address], createdAt: 9, nodeName: "there" };
    store.sinks.pods.upsert(podRecord(`young-${name}`, young), 3);
  }
  const policy = translate(store, "here");
  const { sets } = listRuleset(renderRuleset(policy));
  const elements = (
    name: string,
  ): readonly string[] => [...sets.get(name)?.elements.values() ?? []];
  const dropped = ['"veth-routed" comment "shop/routed" : jump deny-egress'];
  deepEqual(elements("egress-if"), dropped);
  deepEqual(elements("untracked-egress-if"), dropped);
  const ports = portsTable(policy.guards)?.sets;
  for (const name of ["isolated-egress", "isolated-ingress"]) {
    deepEqual([...ports?.get(name)?.elements.keys() ?? []], ['"veth-bridged"'], name);
  }
});
