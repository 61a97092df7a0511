import { deepEqual, equal } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { Translator } from "../../../lib/translate/translator.ts";
import { makeStore, podRecord } from "../records.ts";

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
