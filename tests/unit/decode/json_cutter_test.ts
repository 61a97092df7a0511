import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import { JsonCutter } from "../../../lib/decode/json_cutter.ts";
import { fieldsOf, itemsOf, type JsonShape, whole } from "../../../lib/decode/json_shape.ts";
import { decodePod, podShape } from "../../../lib/decode/pod.ts";
import { generatePod } from "../../apiserver/generate_pod.ts";
import { makePod } from "../objects.ts";
import { mutationsOf } from "./mutations.ts";

const cutter = new JsonCutter();

function cut(text: string, shape: JsonShape): string {
  return new TextDecoder().decode(cutter.cut(new TextEncoder().encode(text), shape));
}

/** What a shape wants of a value, said in the plainest way. */
function wanted(value: unknown, shape: JsonShape): unknown {
  if (shape.kind === "items" && Array.isArray(value)) {
    return value.map((item) => wanted(item, shape.item));
  }
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  if (shape.kind !== "fields" || !isObject) return value;
  const shapes = new Map(shape.fields.map(({ key, shape }) => [nameOf(key), shape] as const));
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, part]) => {
      const own = shapes.get(name);
      return own === undefined ? [] : [[name, wanted(part, own)]];
    }),
  );
}

function nameOf(key: Uint8Array): string {
  return JSON.parse(new TextDecoder().decode(key));
}

const names = ["a", "b", "ab", "é", "", '"', "__proto__"];
const { shape } = fc.letrec<Record<"shape" | "fields", JsonShape>>((tie) => ({
  fields: fc.dictionary(fc.constantFrom(...names), tie("shape"), { maxKeys: 3 }).map(fieldsOf),
  shape: fc.oneof(
    { depthSize: "medium" },
    fc.constant(whole),
    tie("fields"),
    tie("fields"),
    tie("shape").map(itemsOf),
  ),
}));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "medium" },
    fc.oneof(fc.string({ unit: "binary" }), fc.double({ noNaN: true, noDefaultInfinity: true })),
    fc.constantFrom(null, true, false, '\\"', "}", "]", '{"a":', 1e300, -5),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 5 }),
  ),
}));
const some = fc.tuple(value, value, shape, shape).map(([a, b, own, other]) => ({
  value: { a, b: [b, a], c: b },
  shape: fieldsOf({ a: own, b: itemsOf(other) }),
}));

Deno.test("what is kept of JSON is what is wanted, and the rest is gone", () => {
  let shorter = 0;
  fc.assert(
    fc.property(some, ({ value, shape }) => {
      const text = JSON.stringify(value);
      const kept = cut(text, shape);
      if (kept.length < text.length) shorter++;
      // A name that has to be escaped may be any: then all is kept.
      const expected = wanted(JSON.parse(text), shape);
      if (kept !== text || !text.includes("\\")) deepEqual(JSON.parse(kept), expected);
    }),
    { numRuns: 3000 },
  );
  ok(shorter > 300, `only ${shorter} texts became shorter: too few to prove much`);
});

Deno.test("what reads otherwise than an API server writes it comes back as it is", () => {
  const shape = fieldsOf({ a: whole, b: itemsOf(fieldsOf({ c: whole })) });
  for (
    const text of [
      ...['{"a": 1}', '{ "a":1}', ' {"a":1}', '{"a":1} ', '{"a":1,}', '{"a"}', '{"a":}', "{", "["],
      ...['{"a":1', '{"x":"', '{"x":[1,2}', '{"x":{"y":1}', '{"\\u0061":1,"x":2}', '{"a":1}{}'],
      ...['{"b":[{"c":1}', '{"b":[1,]}', "", '{"x":tru e}', '{"b":[{"c":1]}', "{,}", "{:}"],
    ]
  ) equal(cut(text, shape), text);
});

Deno.test("a text that is cut short anywhere is never taken for a whole one", () => {
  const text = JSON.stringify(generatePod(0, { pods: 1, namespaces: 1, nodes: 1, policies: 0 }));
  for (let end = 0; end < text.length; end++) {
    equal(cut(text.slice(0, end), podShape), text.slice(0, end));
  }
});

Deno.test("of a pod nothing is cut out that decodePod looks at, whatever is amiss in it", () => {
  const ports = [{ name: "http", containerPort: 80 }, { containerPort: 53, protocol: "UDP" }];
  const labels = { app: "web" };
  const made = makePod("shop/web", {
    labels,
    ports,
    ips: ["10.0.0.1", "fd00::1"],
    hostNetwork: true,
  });
  const annotations = {
    ...{ "kubernetes.io/config.mirror": "m", a: "b" },
    "hedgerow.dev/allowed-sources": "10.8.0.0/16",
  };
  const pods = [
    generatePod(2, { pods: 3, namespaces: 1, nodes: 1, policies: 0 }),
    {
      ...made,
      metadata: { ...made.metadata, annotations },
      spec: { ...made.spec, initContainers: [{ name: "i", restartPolicy: "Always", ports }] },
    },
  ];
  fc.assert(
    fc.property(fc.oneof(fc.constantFrom(...pods), mutationsOf(pods)), (value) => {
      const text = JSON.stringify(value, (_, part) => typeof part === "bigint" ? `${part}` : part);
      if (text === undefined) return;
      deepEqual(decodePod(JSON.parse(cut(text, podShape))), decodePod(JSON.parse(text)));
    }),
    { numRuns: 3000 },
  );
});
