import { deepEqual, equal, ok } from "node:assert/strict";
import type { Listing } from "../../../lib/model/listing.ts";
import { listRuleset } from "../../../lib/render/listing.ts";
import { renderRuleset } from "../../../lib/render/render.ts";
import { translate } from "../../../lib/translate/translate.ts";
import {
  makeNamespace,
  makeNode,
  makePod,
  makePolicy,
  type PolicyObject,
} from "../../unit/objects.ts";
import { decodeObjects, stateOf } from "../../unit/state.ts";
import { fresh, withTable } from "./with_table.ts";

const ports = [
  { name: "http", containerPort: 8080 },
  { name: "dns", containerPort: 5353, protocol: "UDP" },
];
const pods = Array.from({ length: 12 }, (_, i) =>
  makePod(`${i % 2 ? "shop" : "lab"}/pod-${i}`, {
    labels: { app: i % 3 === 0 ? "web" : "db", index: `${i}` },
    node: i % 4 === 0 ? "node-2" : "node-1",
    ips: [`10.244.1.${i + 1}`, `fd00:10:244:1::${(i + 1).toString(16)}`],
    ports,
  }));

/** Between them they bring every form that is rendered. */
const policies: readonly PolicyObject[] = [
  makePolicy("shop/deny-all", { policyTypes: ["Ingress", "Egress"] }),
  makePolicy("shop/named", {
    podSelector: { matchLabels: { app: "web" } },
    ingress: [{
      from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "db" } } }],
      ports: [{ port: "http", protocol: "TCP" }, { port: 443, endPort: 450, protocol: "TCP" }],
    }],
  }),
  makePolicy("shop/out", {
    policyTypes: ["Egress"],
    egress: [
      { to: [{ podSelector: {} }], ports: [{ port: "dns", protocol: "UDP" }] },
      { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "192.168.3.0/24"] } }] },
      {
        to: [{ ipBlock: { cidr: "2001:db8::/32", except: ["2001:db8:1::/48"] } }],
        ports: [
          { port: 53, protocol: "UDP" },
          { port: 53, protocol: "TCP" },
          { port: 5060, protocol: "SCTP" },
          { port: 5062, endPort: 5070, protocol: "SCTP" },
        ],
      },
      { ports: [{ protocol: "SCTP" }] },
    ],
  }),
  makePolicy("lab/everything", { policyTypes: ["Ingress", "Egress"], ingress: [{}], egress: [{}] }),
  makePolicy("lab/blocks", {
    policyTypes: ["Ingress"],
    ingress: [{ from: [{ ipBlock: { cidr: "203.0.113.7/32" } }, { ipBlock: { cidr: "::/0" } }] }],
  }),
];

/** What node-1 has to enforce of some of the policies. */
function listing(some: readonly PolicyObject[]): Listing {
  const objects = decodeObjects([
    ...["shop", "lab"].map((name) => makeNamespace(name)),
    ...["node-1", "node-2"].map((name) => makeNode(name)),
    ...pods,
    ...some,
  ]);
  deepEqual(objects.issues, []);
  return listRuleset(renderRuleset(translate(stateOf(objects, "node-1"), "node-1")));
}

Deno.test("all that is rendered reads back as it was written, by whatever way it came", async () => {
  await withTable(async (table, namespace) => {
    const numbers = policies.map((_, i) => i);
    const growing = numbers.map((i) => policies.slice(0, i + 1));
    const shrinking = numbers.map((i) => policies.slice(i + 1));
    for (const some of [[], ...growing, ...shrinking, policies]) {
      const wanted = listing(some);
      equal(await table.check(wanted), undefined);
      await table.apply(wanted);
      deepEqual((await table.heal()).drift, []);
    }
    deepEqual(await namespace.objects(), await fresh(listing(policies)));
    const { replaced, retries, generation, transactions } = table.status;
    deepEqual({ replaced, retries }, { replaced: 0, retries: 0 });
    ok(generation > 10 && transactions.session.losses === 0);
  });
});
