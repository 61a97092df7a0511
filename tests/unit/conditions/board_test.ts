import { deepEqual, equal } from "node:assert/strict";
import { Agenda } from "../../../lib/conditions/agenda.ts";
import { Board } from "../../../lib/conditions/board.ts";
import { makePatch } from "../../../lib/conditions/patch.ts";
import type { ClusterNetworkPolicy } from "../../../lib/model/cluster_network_policy.ts";
import type { ObservedPolicy } from "../../../lib/model/observed_policy.ts";
import { RecordingSink } from "../../watch/recording_sink.ts";
import { type Draft, makeSinks, observe } from "./observed.ts";

const began = "2026-01-01T00:00:00Z";
const now = "2026-02-02T00:00:00Z";

/** A board and its agenda, by a clock that the test turns. */
class Desk {
  readonly sink = new RecordingSink<ClusterNetworkPolicy>();
  readonly board: Board;
  readonly #agenda: Agenda;
  #now = 0;

  constructor(...objects: readonly ObservedPolicy[]) {
    const now = (): number => this.#now;
    this.#agenda = new Agenda({ soonMs: 5, lateMs: 600, random: () => 1, now });
    const sinks = { ...makeSinks(), clusterNetworkPolicies: this.sink };
    this.board = new Board({ sinks, agenda: this.#agenda });
    this.board.sinks.adminNetworkPolicies.replace([], 0);
    this.board.sinks.baselineAdminNetworkPolicies.replace([], 0);
    this.board.sinks.clusterNetworkPolicies.replace(objects, 0);
  }

  upsert(draft: Draft): void {
    this.board.sinks.clusterNetworkPolicies.upsert(observe(draft), 0);
  }

  /** What is to be looked at after so much time, sorted. */
  after(ms: number): readonly string[] {
    this.#now += ms;
    const names: string[] = [];
    for (let name = this.#agenda.take(); name !== undefined; name = this.#agenda.take()) {
      names.push(name);
    }
    return names.sort();
  }

  /** The conditions that `cnp:p` should have, in the form in which they stand in objects. */
  wanted(name = "cnp:p"): readonly object[] {
    const want = this.board.wantOf(name);
    return want === undefined ? [] : JSON.parse(makePatch(want, now).body).status.conditions;
  }
}

Deno.test("CNP-27: a new policy is looked at soon, and wants its conditions until they stand there", () => {
  const desk = new Desk(observe({}));
  deepEqual(desk.after(9), []);
  deepEqual(desk.after(1), ["cnp:p"]);
  const conditions = desk.wanted();
  deepEqual(conditions, [
    {
      ...{ type: "Accepted", status: "True", reason: "Accepted", observedGeneration: 1 },
      ...{ message: "Everything in it is understood", lastTransitionTime: now },
    },
    {
      ...{ type: "PriorityConflict", status: "False", reason: "NoConflict" },
      message: "No policy of the same tier and priority may decide otherwise",
      ...{ observedGeneration: 1, lastTransitionTime: now },
    },
  ]);
  desk.upsert({ conditions, version: "2" });
  deepEqual(desk.wanted(), []);
  deepEqual(desk.after(10_000), [], "nobody need look again");
  equal(desk.board.wantOf("cnp:other"), undefined);
});

Deno.test("CNP-27: what is written is for the version seen, and keeps the time of a status that stays", () => {
  const desk = new Desk(observe({}));
  const conditions = desk.wanted().map((one) => ({ ...one, lastTransitionTime: began }));
  desk.upsert({ generation: 2, version: "8", conditions, spec: { priority: -1 } });
  const want = desk.board.wantOf("cnp:p");
  const { path, body } = makePatch(want ?? { observed: observe({}), conditions: [] }, now);
  const { status, ...rest } = JSON.parse(body);
  equal(
    path,
    "/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies/p/status" +
      "?fieldManager=hedgerow&force=true",
  );
  deepEqual(rest, {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name: "p", resourceVersion: "8" },
  });
  const told = status.conditions.map((one: Record<string, unknown>) => [
    ...[one.type, one.status, one.observedGeneration, one.lastTransitionTime],
  ]);
  deepEqual(told, [["Accepted", "False", 2, now], ["PriorityConflict", "False", 2, began]]);
});

Deno.test("a change of the status alone is no news to who enforces the policy", () => {
  const desk = new Desk(observe({}));
  const conditions = desk.wanted();
  desk.upsert({ conditions, version: "2" });
  desk.upsert({ conditions: [], version: "3" });
  deepEqual(desk.sink.calls, ["replace 1"]);
  desk.upsert({ conditions, version: "4", generation: 2, spec: { priority: 11 } });
  deepEqual(desk.sink.calls, ["replace 1", "upsert p"]);
  desk.board.sinks.clusterNetworkPolicies.remove(observe({}), 0);
  deepEqual(desk.sink.calls, ["replace 1", "upsert p", "remove p"]);
  equal(desk.board.wantOf("cnp:p"), undefined);
});

Deno.test("CNP-17: a policy that comes, changes or goes has its rivals looked at too, and nobody else", () => {
  const [accept, deny] = ["Accept", "Deny"].map((action) => ({
    ingress: [{ action, from: [{ namespaces: {} }] }],
  }));
  const others = [
    observe({ name: "like", ...(accept && { spec: accept }) }),
    observe({ name: "rival", ...(deny && { spec: deny }) }),
    observe({ name: "below", spec: { ...deny, priority: 11 } }),
  ];
  const desk = new Desk(...others);
  deepEqual(desk.after(10), ["cnp:below", "cnp:like", "cnp:rival"]);
  desk.upsert({ spec: { ...accept } });
  deepEqual(desk.after(10), ["cnp:p", "cnp:rival"]);
  desk.upsert({ spec: { ...accept, priority: 11 }, generation: 2 });
  deepEqual(desk.after(10), ["cnp:below", "cnp:p", "cnp:rival"]);
  const told = (name: string): unknown => desk.wanted(name).at(1);
  deepEqual(told("cnp:below"), {
    ...{ type: "PriorityConflict", status: "True", reason: "SamePriority" },
    message: "Same tier and priority as cnp:p, which may be about the same pods and decide " +
      "otherwise: whose name sorts first comes first",
    ...{ observedGeneration: 1, lastTransitionTime: now },
  });
  desk.board.sinks.clusterNetworkPolicies.remove(
    observe({ spec: { ...accept, priority: 11 }, generation: 2 }),
    0,
  );
  deepEqual(desk.after(10), ["cnp:below", "cnp:p"]);
});

/** What an agent of another version makes of conditions. */
function byOthers(conditions: readonly object[]): readonly object[] {
  return conditions.map((one) => ({ ...one, message: "from another version" }));
}

Deno.test("whose conditions are changed to what they should not be yields for long, not for ever", () => {
  const desk = new Desk(observe({}));
  desk.after(10);
  const conditions = desk.wanted();
  desk.upsert({ conditions, version: "2" });
  desk.upsert({ conditions: byOthers(conditions), version: "3" });
  deepEqual(desk.after(1199), []);
  deepEqual(desk.after(1), ["cnp:p"]);
  deepEqual(desk.wanted(), conditions);
  desk.upsert({ conditions: byOthers(conditions), version: "4" });
  deepEqual(desk.after(10_000), [], "not theirs: somebody else's condition, a label");
  desk.upsert({ conditions: [], version: "5" });
  desk.upsert({ conditions: [], version: "6", generation: 2, spec: { priority: 11 } });
  deepEqual(desk.after(10), ["cnp:p"], "a change of the policy does not wait for that");
});

Deno.test("who was about to write yields as soon as others have, and anew each time that they do", () => {
  const desk = new Desk(observe({}));
  const others = byOthers(desk.wanted());
  desk.upsert({ conditions: others, version: "2" });
  deepEqual(desk.after(1000), []);
  desk.upsert({ conditions: others.slice(1), version: "3" });
  deepEqual(desk.after(1199), []);
  deepEqual(desk.after(1), ["cnp:p"]);
});

Deno.test("what others said of an earlier spec keeps nobody waiting", () => {
  const desk = new Desk(observe({}));
  desk.after(10);
  const others = byOthers(desk.wanted());
  desk.upsert({ conditions: others, version: "2" });
  desk.upsert({ conditions: others, version: "3", generation: 2 });
  deepEqual(desk.after(10), ["cnp:p"]);
});

Deno.test("what others have said is found by a list, too, and said again by none that brings nothing new", () => {
  const conditions = byOthers(new Desk(observe({})).wanted());
  const ingress = ["Accept", "Deny"].map((action) => ({ action, from: [{ namespaces: {} }] }));
  const desk = new Desk(observe({ conditions, spec: { ingress } }), observe({ name: "q" }));
  deepEqual(desk.after(10), ["cnp:q"]);
  deepEqual(desk.after(1189), []);
  const again = observe({ conditions, spec: { ingress }, version: "2" });
  desk.board.sinks.clusterNetworkPolicies.replace([again], 0);
  deepEqual(desk.after(10), ["cnp:p", "cnp:q"], "q is gone");
});

Deno.test("a list tells of a policy that was deleted and made anew, alike but for its conditions", () => {
  const wanted = new Desk(observe({})).wanted();
  const desk = new Desk(observe({ conditions: wanted }));
  desk.after(10);
  desk.board.sinks.clusterNetworkPolicies.replace([observe({ uid: "another" })], 0);
  deepEqual(desk.after(10), ["cnp:p"]);
});

Deno.test("a change of the spec that means the same is one, and its conditions are about it", () => {
  const desk = new Desk(observe({}));
  desk.after(10);
  const conditions = desk.wanted();
  desk.upsert({ conditions, version: "2" });
  desk.upsert({ conditions, version: "3", generation: 2 });
  deepEqual(desk.after(10), ["cnp:p"]);
  deepEqual(desk.wanted(), conditions.map((one) => ({ ...one, observedGeneration: 2 })));
  deepEqual(desk.sink.calls, ["replace 1"], "no news to who enforces it");
});

Deno.test("nobody knows who the rivals are before every kind has been told whole", () => {
  const agenda = new Agenda({ soonMs: 5, lateMs: 600, random: () => 0, now: () => 0 });
  const board = new Board({ sinks: makeSinks(), agenda });
  equal(board.isSynced, false);
  board.sinks.adminNetworkPolicies.replace([], 0);
  board.sinks.clusterNetworkPolicies.replace([], 0);
  equal(board.isSynced, false);
  board.sinks.baselineAdminNetworkPolicies.replace([], 0);
  equal(board.isSynced, true);
});
