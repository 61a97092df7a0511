import assert from "node:assert/strict";
import fc from "fast-check";
import type { Decoded } from "../../../lib/decode/decode.ts";
import { decodeNamespace } from "../../../lib/decode/namespace.ts";
import { decodeNetworkPolicy } from "../../../lib/decode/network_policy.ts";
import { decodeNode } from "../../../lib/decode/node.ts";
import { decodePod } from "../../../lib/decode/pod.ts";
import { makeNamespace, makeNode, makePod, makePolicy } from "../objects.ts";
import { anything, mutationsOf } from "./mutations.ts";

interface Named {
  readonly name: string;
  readonly broken?: boolean;
}

const decoders: Readonly<Record<string, (value: unknown) => Decoded<Named>>> = {
  decodePod,
  decodeNamespace,
  decodeNode,
  decodeNetworkPolicy,
};

const objects: readonly unknown[] = [
  makeNamespace("shop", { team: "a" }),
  makeNode("node-1"),
  makePod("shop/web", {
    labels: { app: "web" },
    ips: ["10.0.0.1", "fd00::1"],
    ports: [{ name: "http", containerPort: 80 }, { containerPort: 53, protocol: "UDP" }],
  }),
  makePolicy("shop/web", {
    podSelector: {
      matchLabels: { app: "web" },
      matchExpressions: [{ key: "tier", operator: "In", values: ["a", "b"] }],
    },
    policyTypes: ["Ingress", "Egress"],
    ingress: [{
      from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "a" } } }],
      ports: [{ port: 80, endPort: 90, protocol: "UDP" }, { port: "http" }],
    }],
    egress: [{
      to: [{ ipBlock: { cidr: "10.0.0.0/8", except: ["10.1.0.0/16"] } }, { podSelector: {} }],
    }],
  }),
];

/** Either understood, or told; and never trusted where something was told. */
function assertSound({ object, issues }: Decoded<Named>): void {
  assert.ok(object !== undefined || issues.length > 0);
  if (object?.broken !== undefined) assert.equal(object.broken, issues.length > 0);
  for (const { object, field, found, expected } of issues) {
    for (const text of [object, field, found, expected]) assert.equal(typeof text, "string");
    assert.ok(found.length <= 60 && expected.length > 0);
  }
}

for (const [name, decode] of Object.entries(decoders)) {
  Deno.test(`${name}() never throws, whatever value comes`, () => {
    fc.assert(fc.property(anything, (value) => assertSound(decode(value))), { numRuns: 1000 });
  });

  Deno.test(`${name}() never throws on objects of the API in which something is amiss`, () => {
    fc.assert(fc.property(mutationsOf(objects), (value) => assertSound(decode(value))), {
      numRuns: 3000,
    });
  });
}

Deno.test("a value that holds itself is told like any other", () => {
  const value: Record<string, unknown> = { metadata: { namespace: "a", name: "b" } };
  value.spec = [value];
  const { issues } = decodeNetworkPolicy(value);
  assert.deepEqual(issues.map(({ found }) => found), ["an object that JSON cannot hold"]);
});
