import { deepEqual, equal } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { Translator } from "../../../lib/translate/translator.ts";
import { clusterPolicy, namespace, pod } from "../../spec/objects.ts";
import { makeStore, podRecord } from "../records.ts";
import { decodeObjects, stateOf } from "../state.ts";

Deno.test("a pod that comes after its sandbox, and is isolated as that was, is nothing new", () => {
  const { store } = makeStore();
  const translator = new Translator("here");
  store.announce({
    ...{ containerID: "1", ifName: "eth0", netns: "/run/netns/1", hostInterface: "", bridge: "" },
    ...{ podNamespace: "shop", podName: "web", podUID: "", ips: ["10.0.0.1" as IpAddress] },
  }, () => {});
  const stranger = translator.translate(store, store.touches.take());
  deepEqual(stranger.pods.map(({ name }) => name), ["web"]);
  store.sinks.pods.upsert(podRecord("web", { broken: true }), 1);
  equal(translator.translate(store, store.touches.take()), stranger);
});

Deno.test("CNP-3: of pods that are alike those that lie in a network before them belong to no set of their ports", () => {
  const pods = ["10.0.0.1", "10.0.0.2", "10.0.9.1"].map((ip, i) =>
    pod(`shop/web-${i}`, {
      ...{ labels: { app: "web" }, ips: [ip] },
      ports: [{ name: "http", containerPort: 8080, protocol: "TCP" }],
    })
  );
  const egress = [
    { action: "Deny", to: [{ networks: ["10.0.9.0/24"] }] },
    {
      action: "Accept",
      to: [{ namespaces: {} }],
      protocols: [{ destinationNamedPort: "http" }],
    },
    { action: "Deny", to: [{ namespaces: {} }] },
    ...["a", "b", "c"].map((team, i) => ({
      action: i % 2 === 0 ? "Pass" : "Deny",
      to: [{ namespaces: { matchLabels: { team } } }],
      protocols: [{ tcp: { destinationPort: { number: 8000 + i } } }],
    })),
  ];
  const objects = [namespace("shop"), ...pods, clusterPolicy("one", { egress })];
  const state = stateOf(decodeObjects(objects), "n1");
  const sets = new Translator("n1").translate(state).endpointSets;
  deepEqual(sets, translate(state, "n1").endpointSets);
  const found = sets.flatMap(({ endpoints }) => endpoints.IPv4.flat());
  deepEqual([...new Set(found)].sort(), ["10.0.0.1 8080", "10.0.0.2 8080"]);
});
