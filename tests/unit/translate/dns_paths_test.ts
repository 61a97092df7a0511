import { deepEqual, equal } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { DnsPaths } from "../../../lib/model/node_policy.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { Translator } from "../../../lib/translate/translator.ts";
import { type ApiObject, clusterPolicy, namespace, pod } from "../../spec/objects.ts";
import { decodeObjects, stateOf } from "../state.ts";

const spaces = [namespace("shop"), namespace("kube-system"), namespace("games")];
const web = pod("shop/web", { labels: { app: "web" }, ips: ["10.0.1.1"] });

/** A DNS pod of the cluster, made on a day of January. */
function dns(name: string, ips: readonly string[], day: number): ApiObject {
  const created = `2026-01-0${day}T00:00:00Z`;
  return pod(`kube-system/${name}`, {
    ...{ labels: { "k8s-app": "kube-dns" }, node: "n2", ips, created },
  });
}

/** Lets the web out to a name at each of so many ports, and denies what is left. */
function namesAt(portCount: number): readonly ApiObject[] {
  const egress = Array.from({ length: portCount }, (_, n) => ({
    action: "Accept",
    to: [{ domainNames: [`n${n}.example.com`] }],
    protocols: [{ tcp: { destinationPort: { number: 8000 + n } } }],
  }));
  const subject = { pods: { podSelector: { matchLabels: { app: "web" } } } };
  const everywhere = [{ action: "Deny", to: [{ networks: ["0.0.0.0/0"] }] }];
  return [
    clusterPolicy("names", { subject, egress }),
    clusterPolicy("nothing else", { tier: "Baseline", egress: everywhere }),
  ];
}

function pathsOf(...objects: readonly ApiObject[]): DnsPaths | undefined {
  return translate(stateOf(decodeObjects([...spaces, web, ...objects]), "n1"), "n1").dns;
}

for (const count of [1, 8, 9, 25]) {
  Deno.test(`CNP-14 pods whose names stand in ${count} lists of ports are clients of DNS`, () => {
    deepEqual(pathsOf(dns("dns", ["10.0.2.2"], 1), ...namesAt(count)), {
      ...{ clients: ["10.0.1.1"], resolvers: ["10.0.2.2"] },
    });
  });
}

Deno.test("CNP-14 where no rule names a domain nobody's answers are of interest", () => {
  equal(pathsOf(dns("dns", ["10.0.2.2"], 1)), undefined);
});

Deno.test("CNP-14 an address that a DNS pod had and another pod has by now is no resolver (NP-53)", () => {
  const objects = decodeObjects([...spaces, web, ...namesAt(1), dns("dns", ["10.0.2.2"], 1)]);
  const [, before] = decodeObjects([web, dns("old", ["10.0.2.7"], 1)]).pods;
  const [young] = decodeObjects([
    pod("games/young", { node: "n2", ips: ["10.0.2.7"], created: "2026-01-02T00:00:00Z" }),
  ]).pods;
  const store = stateOf(objects, "n1");
  const translator = new Translator("n1");
  const resolvers = (): readonly IpAddress[] | undefined => {
    const { dns } = translator.translate(store, store.touches.take());
    deepEqual(dns, translate(store, "n1").dns, "both roads");
    return dns?.resolvers;
  };
  deepEqual(resolvers(), ["10.0.2.2"]);
  store.sinks.pods.upsert(before!, 0);
  deepEqual(resolvers(), ["10.0.2.2", "10.0.2.7"]);
  store.sinks.pods.upsert(young!, 0);
  deepEqual(resolvers(), ["10.0.2.2"]);
  store.sinks.pods.remove(young!, 0);
  deepEqual(resolvers(), ["10.0.2.2", "10.0.2.7"]);
});
