import { deepEqual } from "node:assert/strict";
import type { ClusterStore } from "../../../lib/cluster/store.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { AddressRange } from "../../../lib/model/address_range.ts";
import type { ListedSet } from "../../../lib/model/listing.ts";
import { listRuleset } from "../../../lib/render/listing.ts";
import { portsTable } from "../../../lib/render/ports_table.ts";
import { renderRuleset } from "../../../lib/render/render.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { Translator } from "../../../lib/translate/translator.ts";
import { makeStore, podRecord } from "../records.ts";

const [a, b] = ["10.0.0.1", "10.0.0.2"] as IpAddress[] as [IpAddress, IpAddress];
const links = [["routed", a, ""], ["bridged", b, "cni0"]] as const;
const range: AddressRange = { family: "IPv4", first: 0x0a080000n, last: 0x0a08ffffn };

/** Two sandboxes, of a routed pod and of one at a bridge, which both forward for others. */
function announceBoth(store: ClusterStore): void {
  for (const [name, address, bridge] of links) {
    store.sinks.pods.upsert(podRecord(name, { allowedSources: [range] }), 1);
    const pod = { podNamespace: "shop", podName: name, podUID: "" };
    const link = { hostInterface: `veth-${name}`, bridge };
    const endpoint = { containerID: name, netns: "", ifName: "eth0", ...pod, ...link };
    store.announce({ ...endpoint, ips: [address] }, () => {});
  }
}

/** Their pods are gone, their DEL was missed, and younger pods have their addresses. */
function outlive(store: ClusterStore): void {
  for (const [name, address] of links) {
    store.sinks.pods.remove(podRecord(name), 2);
    const young = { addresses: [address], createdAt: 9, nodeName: "there" };
    store.sinks.pods.upsert(podRecord(`young-${name}`, young), 3);
  }
}

for (const antiSpoof of [true, false]) {
  const flag = `--anti-spoof=${antiSpoof ? "on" : "off"}`;

  Deno.test(`${flag}: a sandbox whose addresses are all another's by now is closed to link-local traffic, too`, () => {
    const { store } = makeStore({ antiSpoof });
    announceBoth(store);
    outlive(store);
    const policy = translate(store, "here");
    const { sets } = listRuleset(renderRuleset(policy));
    const dropped = ['"veth-routed" comment "shop/routed" : jump deny-egress'];
    deepEqual([...elementsOf(sets, "egress-if").values()], dropped);
    deepEqual([...elementsOf(sets, "untracked-egress-if").values()], dropped);
    const ports = portsTable(policy.guards)?.sets;
    for (const name of ["isolated-egress", "isolated-ingress"]) {
      deepEqual([...elementsOf(ports, name).keys()], ['"veth-bridged"'], name);
    }
  });

  Deno.test(`${flag}: it is one interface's fact, to whoever works it out from what is touched, too`, () => {
    const { store } = makeStore({ antiSpoof });
    const translator = new Translator("here");
    announceBoth(store);
    const before = translator.translate(store, store.touches.take());
    deepEqual(before.guards.map(({ isOutlived }) => isOutlived), [false, false]);
    outlive(store);
    const { guards } = translator.translate(store, store.touches.take());
    deepEqual(guards.map(({ isOutlived }) => isOutlived), [true, true]);
    deepEqual(guards, translate(store, "here").guards);
  });
}

Deno.test("a sandbox whose addresses are all another's by now forwards for nobody", () => {
  const { store } = makeStore();
  const allowed = (): readonly string[] => {
    const policy = translate(store, "here");
    const tables = [listRuleset(renderRuleset(policy)), portsTable(policy.guards)];
    return tables.flatMap((table) => [...elementsOf(table?.sets, "allowed4").keys()]);
  };
  announceBoth(store);
  deepEqual(allowed(), ['10.8.0.0/16 . "veth-routed"', '10.8.0.0/16 . "veth-bridged"']);
  outlive(store);
  deepEqual(allowed(), []);
});

function elementsOf(
  sets: ReadonlyMap<string, ListedSet> | undefined,
  name: string,
): ReadonlyMap<string, string> {
  return new Map(sets?.get(name)?.elements);
}
