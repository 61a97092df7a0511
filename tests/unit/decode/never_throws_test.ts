import assert from "node:assert/strict";
import fc from "fast-check";
import type { Decoded } from "../../../lib/decode/decode.ts";
import { decodeNamespace } from "../../../lib/decode/namespace.ts";
import { decodeNetworkPolicy } from "../../../lib/decode/network_policy.ts";
import { decodeNode } from "../../../lib/decode/node.ts";
import { decodePod } from "../../../lib/decode/pod.ts";
import { makeNamespace, makeNode, makePod, makePolicy } from "../objects.ts";

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

/** Every path to a value within a value, itself included. */
function pathsOf(value: unknown): readonly (readonly string[])[] {
  if (typeof value !== "object" || value === null) return [[]];
  const below = Object.entries(value).flatMap(([key, part]) =>
    pathsOf(part).map((path) => [key, ...path])
  );
  return [[], ...below];
}

/** A copy in which another value stands at the path. */
function replaceAt(value: unknown, path: readonly string[], other: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return other;
  const copy = (Array.isArray(value) ? [...value] : { ...value as object }) as Record<
    string,
    unknown
  >;
  copy[key] = replaceAt(copy[key], rest, other);
  return copy;
}

/** Values that belong nowhere, and those that come near to the right ones. */
const odd = fc.oneof(
  fc.constantFrom<unknown[]>(null, undefined, "", [], {}, [null], "80", true, "::", "10.0.0.0/8"),
  fc.constantFrom(0, -1, 1e9, 80.5),
  fc.anything(),
);

const mutated = fc.constantFrom(...objects).chain((object) =>
  fc.array(fc.tuple(fc.constantFrom(...pathsOf(object)), odd), { minLength: 1, maxLength: 3 })
    .map((changes) =>
      changes.reduce((value, [path, other]) => tryReplace(value, path, other), object)
    )
);

/** An earlier change may have cut off the path. */
function tryReplace(value: unknown, path: readonly string[], other: unknown): unknown {
  try {
    return replaceAt(value, path, other);
  } catch (error) {
    assert.ok(error instanceof TypeError);
    return value;
  }
}

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
    const anything = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
    });
    fc.assert(fc.property(anything, (value) => assertSound(decode(value))), { numRuns: 1000 });
  });

  Deno.test(`${name}() never throws on objects of the API in which something is amiss`, () => {
    fc.assert(fc.property(mutated, (value) => assertSound(decode(value))), { numRuns: 3000 });
  });
}

Deno.test("a value that holds itself is told like any other", () => {
  const value: Record<string, unknown> = { metadata: { namespace: "a", name: "b" } };
  value.spec = [value];
  const { issues } = decodeNetworkPolicy(value);
  assert.deepEqual(issues.map(({ found }) => found), ["an object that JSON cannot hold"]);
});
