import assert from "node:assert/strict";
import { conditionsOf } from "../../lib/conditions/conditions.ts";
import { areRivals } from "../../lib/conditions/rivals.ts";
import {
  decodeAdminNetworkPolicy,
  decodeBaselineAdminNetworkPolicy,
} from "../../lib/decode/admin_network_policy.ts";
import { decodeClusterNetworkPolicy } from "../../lib/decode/cluster_network_policy.ts";
import { decodeObservedPolicy } from "../../lib/decode/observed_policy.ts";
import type { ObservedPolicy } from "../../lib/model/observed_policy.ts";
import {
  adminPolicy,
  type ApiObject,
  baselinePolicy,
  clusterPolicy,
  type Fields,
} from "./objects.ts";
import { anyPod, inside, named, names, one, spaces } from "./tiers.ts";

const decoders = new Map([
  ["ClusterNetworkPolicy", decodeClusterNetworkPolicy],
  ["AdminNetworkPolicy", decodeAdminNetworkPolicy],
  ["BaselineAdminNetworkPolicy", decodeBaselineAdminNetworkPolicy],
]);

function observe(object: ApiObject): ObservedPolicy {
  const decode = decoders.get(object.kind);
  assert.ok(decode !== undefined);
  const observed = decodeObservedPolicy(object, decode).object;
  assert.ok(observed !== undefined);
  return observed;
}

/** The conditions of a policy with these rivals: `Type=status reason: message`. */
function told(object: ApiObject, rivals: readonly string[] = []): readonly string[] {
  return conditionsOf(observe(object), rivals).map(({ type, status, reason, message }) =>
    `${type}=${status} ${reason}: ${message}`
  );
}

function rules(...actions: readonly string[]): readonly Fields[] {
  return actions.map((action) => ({ action, from: [anyPod] }));
}

function outgoing(...actions: readonly string[]): readonly Fields[] {
  return actions.map((action) => ({ action, to: [anyPod] }));
}

const accepted = "Accepted=True Accepted: Everything in it is understood";
const alone = "PriorityConflict=False NoConflict: No policy of the same tier and priority may " +
  "decide otherwise";

Deno.test("CNP-27: a policy in order is accepted, and in nobody's way, in every kind", () => {
  for (
    const policy of [
      clusterPolicy("p", { ingress: rules("Accept", "Deny", "Pass") }),
      adminPolicy("p", { ingress: rules("Allow", "Deny", "Pass") }),
      baselinePolicy({ ingress: rules("Allow", "Deny") }),
    ]
  ) assert.deepEqual(told(policy), [accepted, alone]);
});

Deno.test("CNP-27: what is not understood is told with its field, and what comes of it", () => {
  const peers = [{ action: "Deny", from: [{ pods: { podSelector: {} } }, { future: {} }] }];
  const subject = { namespaces: { matchExpressions: [{ key: "k", operator: "Like" }] } };
  for (
    const [spec, expected] of [
      [
        { ingress: peers },
        "Accepted=False Invalid: Enforced but for what is not understood: " +
        'spec.ingress[0].from[1]: found {"future":{}}, expected an object with exactly ' +
        "one of namespaces or pods",
      ],
      [
        { subject, ingress: rules("Accept") },
        "Accepted=False Invalid: Denies everything to every pod of the cluster, in the directions " +
        "that it names: spec.subject.namespaces.matchExpressions[0].operator: found " +
        '"Like", expected In, NotIn, Exists or DoesNotExist',
      ],
      [
        { priority: 1001, ingress: rules("Accept") },
        "Accepted=False Invalid: Denies everything to every pod of the cluster, in the directions " +
        "that it names: spec.priority: found 1001, expected a number from 0 to 1000",
      ],
      ...[inside("x"), one("x/a"), { pods: { namespaceSelector: {}, podSelector: names("a") } }]
        .map(
          (subject) =>
            [
              { priority: 1001, subject, ingress: rules("Accept") },
              "Accepted=False Invalid: Denies everything to its subject, in the directions that it " +
              "names: spec.priority: found 1001, expected a number from 0 to 1000",
            ] as const,
        ),
    ] as const
  ) assert.deepEqual(told(clusterPolicy("p", spec)), [expected, alone]);
});

Deno.test("CNP-27: what is told is text that reads back as it was written, whatever was found", () => {
  const observed = observe(clusterPolicy("p", { priority: `${"a".repeat(57)}😀` }));
  for (const faults of [observed.faults, "half a pair: \ud83d"]) {
    const [accepted] = conditionsOf({ ...observed, faults }, []);
    assert.ok(accepted?.message.isWellFormed(), JSON.stringify(accepted));
  }
});

Deno.test("CNP-27: a policy at fault in a thousand places tells of the first ones, and how many more there are", () => {
  const policy = clusterPolicy("p", {
    ingress: Array.from({ length: 1000 }, () => ({ action: "Deny", from: [{}] })),
  });
  const [text = ""] = told(policy);
  assert.ok(text.length < 2200, `${text.length} characters`);
  const [, first, more] = /spec\.ingress\[(\d+)\][^;]*; .*; and (\d+) more$/.exec(text) ?? [];
  assert.equal(first, "0");
  const last = /.*spec\.ingress\[(\d+)\]/.exec(text)?.[1];
  assert.equal(Number(last) + 1 + Number(more), 1000);
});

Deno.test("CNP-27: conditions are about a generation, and say nothing of a node", () => {
  const policy = clusterPolicy("p", {});
  const metadata = { ...policy.metadata, generation: 7 };
  const conditions = conditionsOf(observe({ ...policy, metadata }), []);
  assert.deepEqual(conditions.map(({ observedGeneration }) => observedGeneration), [7, 7]);
});

Deno.test("CNP-17: rivals are named, the first five of them", () => {
  const text = (named: string): string =>
    `PriorityConflict=True SamePriority: Same tier and priority as ${named}, which may be about ` +
    "the same pods and decide otherwise: whose name sorts first comes first";
  const five = ["anp:a", "cnp:b", "cnp:c", "cnp:d", "cnp:e"];
  assert.deepEqual(told(clusterPolicy("p", {}), ["cnp:q"]), [accepted, text("cnp:q")]);
  assert.deepEqual(told(clusterPolicy("p", {}), five)[1], text(five.join(", ")));
  const more = text(`${five.join(", ")} and others`);
  assert.deepEqual(told(clusterPolicy("p", {}), [...five, "cnp:f"])[1], more);
  assert.deepEqual(told(clusterPolicy("p", {}), [...five, "cnp:f", "cnp:g"])[1], more);
});

Deno.test("CNP-17: rivals stand at the same place, may be about the same pods, and differ", () => {
  const base = { subject: inside("x"), ingress: rules("Accept") };
  const deny = { ...base, ingress: rules("Deny") };
  const pods = (labels: Fields): Fields => ({ subject: { pods: { podSelector: labels } } });
  const rows: readonly (readonly [boolean, Fields, Fields])[] = [
    [true, base, deny],
    [true, base, { ...base, ingress: rules("Accept", "Pass") }],
    [true, base, { ...deny, subject: one("x/a") }],
    [true, base, { ...deny, subject: inside("x", "y") }],
    [true, base, { ...deny, ...pods(names("a")) }],
    [true, base, { ...base, ingress: [{ ...rules("Deny")[0], protocols: [named("web")] }] }],
    [true, { ...base, ...pods(names("a")) }, { ...deny, ...pods({ matchLabels: { app: "w" } }) }],
    // They do the same, in whichever order.
    [false, base, base],
    [false, base, { ...base, ingress: rules("Accept", "Accept") }],
    // Each is about a direction of its own, or one of them about none.
    [false, base, { ...base, ingress: [], egress: outgoing("Deny") }],
    [false, base, { ...base, ingress: [] }],
    [true, { ...base, egress: outgoing("Deny") }, { ...base, egress: outgoing("Pass") }],
    // Nobody knows where it would stand.
    [false, { ...base, priority: 0 }, { ...deny, priority: -1 }],
    // Other places.
    [false, base, { ...deny, priority: 11 }],
    [false, base, { ...deny, tier: "Baseline" }],
    // CNP-17: different subjects are no conflict.
    [false, base, { ...deny, subject: inside("y") }],
    [false, base, { ...deny, subject: { pods: { ...one("y/a").pods as Fields } } }],
    [false, { ...base, ...pods(names("a")) }, { ...deny, ...pods(names("b")) }],
  ];
  for (const [expected, a, b] of rows) {
    const [one, two] = [clusterPolicy("a", a), clusterPolicy("b", b)].map((object) =>
      observe(object).policy
    );
    assert.ok(one !== undefined && two !== undefined);
    const answers = [areRivals(one, two), areRivals(two, one)];
    assert.deepEqual(answers, [expected, expected], JSON.stringify([a, b]));
  }
});

Deno.test("CNP-17: the kinds of v1alpha1 have rivals among the newer ones, the baseline none", () => {
  const { policy } = observe(clusterPolicy("p", { ingress: rules("Accept") }));
  const old = observe(
    adminPolicy("p", { subject: { namespaces: spaces("x") }, ingress: rules("Deny") }),
  );
  assert.equal(areRivals(policy, old.policy), true);
  const last = clusterPolicy("p", { tier: "Baseline", priority: 1000, ingress: rules("Accept") });
  const baseline = observe(baselinePolicy({ ingress: rules("Deny") }));
  assert.equal(areRivals(observe(last).policy, baseline.policy), false);
});
