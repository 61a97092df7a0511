import { deepEqual, equal } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Endpoint } from "../../../lib/model/endpoint.ts";
import { makeStore } from "../records.ts";

const [a, b] = ["10.0.0.1", "10.0.0.2"] as IpAddress[] as [IpAddress, IpAddress];

function endpointOf(containerID: string, ...ips: readonly IpAddress[]): Endpoint {
  const pod = { podNamespace: "shop", podName: "web", podUID: "" };
  const link = { hostInterface: `veth${containerID}`, bridge: "" };
  return { containerID, netns: "", ifName: "eth0", ...pod, ips, ...link };
}

const nothing = (): void => {};

Deno.test("an address is new to the sandbox that it was given to, each time in another era", () => {
  const { store } = makeStore();
  const seen = ["s1", "s2", "s3", "s4"].map((id) => {
    store.announce(endpointOf(id, a), nothing);
    const [newcomer] = store.newcomers;
    store.retire(endpointOf(id, a));
    deepEqual(store.newcomers, []);
    return newcomer;
  });
  deepEqual(seen.map((newcomer) => newcomer?.sandbox), ["s1", "s2", "s3", "s4"]);
  deepEqual(seen.map((newcomer) => newcomer?.era), [1, 2, 3, 1]);
});

Deno.test("it is not for ever, nor for a sandbox that an earlier agent was told of", () => {
  const { store, clock } = makeStore();
  store.announce(endpointOf("s1", a), nothing);
  store.restoreEndpoint(endpointOf("s2", b), nothing);
  deepEqual(store.newcomers, [{ address: a, sandbox: "s1", era: 1 }]);
  const before = store.newcomers;
  clock.now = 179_999;
  store.expire();
  equal(store.newcomers, before, "the same list while nothing comes");
  equal(store.nextExpiry, 180_000);
  clock.now = 180_000;
  store.expire();
  deepEqual([store.newcomers, store.nextExpiry], [[], undefined]);
  store.announce(endpointOf("s3", b), nothing);
  deepEqual(store.newcomers, [{ address: b, sandbox: "s3", era: 1 }]);
});

Deno.test("who has a new address stays new when its last owner's DEL comes late", () => {
  const { store } = makeStore();
  store.announce(endpointOf("s1", a), nothing);
  store.announce(endpointOf("s2", a), nothing);
  store.retire(endpointOf("s1", a));
  deepEqual(store.newcomers, [{ address: a, sandbox: "s2", era: 2 }]);
});
