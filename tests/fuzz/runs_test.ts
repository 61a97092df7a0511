import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { IpAddress } from "../../lib/model/address.ts";
import { type ApiObject, clusterPolicy, type Fields, namespace, pod } from "../spec/objects.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { End, Journey } from "../walk/journey.ts";
import { disagreement, oracleAllows, testedNode } from "../walk/node.ts";
import { Tally } from "./agreement.ts";
import { assertHolds, formatCase, fuzzSeed, say } from "./report.ts";

const runs = 1500;

/** So few ports that almost every two rules meet, wholly or in part. */
const lastPort = 6;

const peers: readonly string[] = ["p1", "p2", "p3"];
const names: readonly string[] = ["low", "high", "both"];

/** Ports by name: their numbers lie among the others, and differ from pod to pod. */
const declared: Readonly<Record<string, readonly number[]>> = {
  subject: [2, 5, 3],
  p1: [1, 6, 3],
  p2: [2, 5, 4],
  p3: [1, 5, 3],
};

const pods: readonly ApiObject[] = ["subject", ...peers].map((name, i) =>
  pod(`ns/${name}`, {
    labels: { name },
    ips: [`10.0.0.${i + 1}`],
    ports: [
      ...names.map((port, n) => ({ name: port, containerPort: declared[name]?.[n] ?? 1 })),
      { name: "both", containerPort: 2, protocol: "UDP" },
    ],
  })
);

const port = fc.integer({ min: 1, max: lastPort });

const entry: fc.Arbitrary<Fields> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(fc.constantFrom("tcp", "tcp", "udp"), port, port)
      .map(([protocol, a, b]) => ({
        [protocol]: {
          destinationPort: a === b
            ? { number: a }
            : { range: { start: Math.min(a, b), end: Math.max(a, b) } },
        },
      })),
  },
  { weight: 1, arbitrary: fc.constantFrom(...names).map((n) => ({ destinationNamedPort: n })) },
);

/** Any of some pods, and none but for them. */
const peer = fc.subarray([...peers], { minLength: 1 }).map((values) => ({
  pods: { podSelector: { matchExpressions: [{ key: "name", operator: "In", values }] } },
}));

function rule(side: "from" | "to"): fc.Arbitrary<Fields> {
  return fc.record({
    action: fc.constantFrom("Accept", "Deny", "Pass"),
    [side]: fc.tuple(peer),
    protocols: fc.option(fc.array(entry, { minLength: 1, maxLength: 2 }), { freq: 7 }),
  });
}

/** Two policies of a tier, each with many rules on the same few ports, and a Baseline that denies. */
const objects: fc.Arbitrary<readonly ApiObject[]> = fc.tuple(
  ...["a", "b"].map((name) => {
    const many = { maxLength: 8, size: "max" } as const;
    return fc.record({ ingress: fc.array(rule("from"), many), egress: fc.array(rule("to"), many) })
      .map((rules) => clusterPolicy(name, { ...rules, subject }));
  }),
).map((policies) => [namespace("ns"), ...pods, ...policies, baseline]);

const subject = { pods: { podSelector: { matchLabels: { name: "subject" } } } };
const baseline = clusterPolicy("z", {
  tier: "Baseline",
  subject,
  ingress: [{ action: "Deny", from: [{ namespaces: {} }] }],
  egress: [{ action: "Deny", to: [{ namespaces: {} }] }],
});

Deno.test("rules of a tier that meet in part are merged without changing what comes first", () => {
  const seed = fuzzSeed();
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${runs} tiers`);
  const tally = new Tally();
  const property = fc.property(objects, (objects) => {
    const node = testedNode("n1", stateOf(decodeObjects(objects), "n1"));
    for (const journey of journeys()) {
      assert.equal(disagreement(node, journey), undefined);
      tally.add(oracleAllows(node, journey) ? "allowed" : "denied");
    }
  });
  const format = (objects: readonly ApiObject[]): string => formatCase({ objects, departed: [] });
  assertHolds(fc.check(property, { seed, numRuns: runs }), format);
  say(`fuzz: ${tally}`);
  for (const kind of ["allowed", "denied"]) assert.ok(tally.of(kind) > 10 * runs);
});

/** Between the subject and each of its peers, by every port that there may be. */
function* journeys(): Iterable<Journey> {
  const [subject, ...others] = ["subject", ...peers].map((_, i): End => {
    return { address: `10.0.0.${i + 1}` as IpAddress, node: "n1", isHost: false };
  });
  assert.ok(subject !== undefined);
  for (const other of others) {
    for (const [client, server] of [[subject, other], [other, subject]] as const) {
      yield { client, server, protocol: "icmp", port: undefined };
      for (const protocol of ["tcp", "udp"]) {
        for (let port = 1; port <= lastPort + 1; port++) yield { client, server, protocol, port };
      }
    }
  }
}
