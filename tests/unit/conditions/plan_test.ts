import { deepEqual } from "node:assert/strict";
import type { Want } from "../../../lib/conditions/board.ts";
import type { Outcome } from "../../../lib/conditions/outcome.ts";
import { Plan } from "../../../lib/conditions/plan.ts";
import { policyName } from "../../../lib/model/policy_name.ts";
import { makeSinks, observe, observeOld } from "./observed.ts";

const timing = {
  ...{ soonMs: 5, lateMs: 600, maxRetryAfterMs: 60 },
  ...{ unavailableMs: [10, 40], mendMs: [100, 400] } as const,
};

/** What a server says to an attempt, and how long it asks to wait. */
interface Answer {
  readonly outcome: Outcome;
  readonly askedMs?: number;
}

/** A plan by a clock that the test turns; by chance every wait is as long as it can be. */
class Office {
  readonly plan: Plan;
  /** What the last attempt wanted. */
  last: Want | undefined;
  #now = 0;

  /** Knows of these ClusterNetworkPolicies, and of these AdminNetworkPolicies. */
  constructor(names: readonly string[], oldNames: readonly string[] = []) {
    this.plan = new Plan({ sinks: makeSinks(), timing, random: () => 1, now: () => this.#now });
    const { sinks } = this.plan;
    const draft = (name: string): object => ({ name, spec: { priority: name.charCodeAt(0) } });
    sinks.clusterNetworkPolicies.replace(names.map((name) => observe(draft(name))), 0);
    sinks.adminNetworkPolicies.replace(oldNames.map((name) => observeOld(draft(name))), 0);
    sinks.baselineAdminNetworkPolicies.replace([], 0);
  }

  /** A ClusterNetworkPolicy has changed. */
  change(name: string, generation: number): void {
    const draft = { name, generation, spec: { priority: name.charCodeAt(0) } };
    this.plan.sinks.clusterNetworkPolicies.upsert(observe(draft), 0);
  }

  /** The watch tells that what was wanted stands there. */
  stand({ observed, conditions }: Want): void {
    const { clusterNetworkPolicies, adminNetworkPolicies } = this.plan.sinks;
    const isNew = observed.policy.kind === "ClusterNetworkPolicy";
    const standing = conditions.map((one) => ({ ...one, lastTransitionTime: "" }));
    const sink = isNew ? clusterNetworkPolicies : adminNetworkPolicies;
    sink.upsert({ ...observed, version: `${observed.version}0`, conditions: standing }, 0);
  }

  /** All attempts up to a time, each as `10 cnp:a`. */
  until(end: number, answer: (name: string) => Answer): readonly string[] {
    const attempts: string[] = [];
    for (; this.#now <= end; this.#now++) {
      for (let want = this.plan.next(); want !== undefined; want = this.plan.next()) {
        const name = policyName(want.observed.policy);
        attempts.push(`${this.#now} ${name}`);
        this.#take(want, answer(name));
      }
    }
    return attempts;
  }

  #take(want: Want, { outcome, askedMs = 0 }: Answer): void {
    this.last = want;
    if (outcome === "written") {
      this.plan.written(want);
      this.stand(want);
    } else {
      const problem = outcome === "conflict" || outcome === "gone" ? undefined : outcome;
      this.plan.failed(want, { outcome, problem, askedMs });
    }
  }
}

/** The same answer to all, or to some and success to the others. */
function saying(outcome: Outcome, ...names: readonly string[]): (name: string) => Answer {
  return (name) => ({ outcome: names.length === 0 || names.includes(name) ? outcome : "written" });
}

Deno.test("nothing is written before every kind has been told whole", () => {
  let now = 0;
  const plan = new Plan({ sinks: makeSinks(), timing, random: () => 1, now: () => now });
  plan.sinks.clusterNetworkPolicies.replace([observe({})], 0);
  plan.sinks.adminNetworkPolicies.replace([], 0);
  now = 1000;
  deepEqual([plan.next(), plan.restMs], [undefined, 5]);
  plan.sinks.baselineAdminNetworkPolicies.replace([], 0);
  deepEqual(plan.next()?.observed.name, "p");
});

Deno.test("a kind that may not be written to holds up nobody else, and is asked about by turns", () => {
  const office = new Office(["a", "b"], ["x", "y"]);
  deepEqual(office.until(1200, saying("forbidden", "cnp:a", "cnp:b", "cnp:c")), [
    ...["10 cnp:a", "10 anp:x", "10 anp:y"],
    ...["110 cnp:b", "310 cnp:a", "710 cnp:b", "1110 cnp:a"],
  ]);
  office.change("c", 1);
  deepEqual(office.until(1509, saying("written")), [], "it would be forbidden, too");
  deepEqual(office.until(1520, saying("written")), ["1510 cnp:b", "1510 cnp:c", "1515 cnp:a"]);
  deepEqual(office.plan.problems, []);
});

Deno.test("where others of its kind could be written, what is forbidden is so by itself", () => {
  const office = new Office(["a", "b"]);
  deepEqual(office.until(200, saying("forbidden", "cnp:a")), [
    "10 cnp:a",
    "110 cnp:b",
    "115 cnp:a",
  ]);
  office.change("b", 2);
  deepEqual(office.until(300, saying("forbidden", "cnp:a")), ["211 cnp:b", "220 cnp:a"]);
});

Deno.test("what breaks at one policy holds up no other, and is tried less and less often", () => {
  const office = new Office(["a", "b", "c"]);
  deepEqual(office.until(1000, saying("failed", "cnp:b")), [
    ...["10 cnp:a", "10 cnp:b", "10 cnp:c", "115 cnp:b", "320 cnp:b", "725 cnp:b"],
  ]);
  deepEqual(office.plan.problems, ["failed"]);
  deepEqual(office.until(1200, saying("written")), ["1130 cnp:b"]);
  office.change("b", 2);
  deepEqual(office.until(1400, saying("failed")), ["1211 cnp:b", "1316 cnp:b"], "as at first");
});

Deno.test("what broke at a policy does not hold up another one of its name", () => {
  const office = new Office(["a"]);
  office.until(10, saying("failed"));
  office.plan.sinks.clusterNetworkPolicies.remove(observe({ name: "a" }), 0);
  office.until(30, saying("written"));
  office.change("a", 1);
  deepEqual(office.until(50, saying("written")), ["41 cnp:a"]);
});

Deno.test("a server that is away holds up all, and is asked by turns until it is there", () => {
  const office = new Office(["a", "b"], ["x"]);
  deepEqual(office.until(100, saying("unavailable")), [
    ...["10 cnp:a", "20 cnp:b", "40 anp:x", "80 cnp:a"],
  ]);
  deepEqual(office.until(200, saying("written")), ["120 cnp:b", "120 anp:x", "125 cnp:a"]);
  office.change("b", 2);
  deepEqual(office.until(230, saying("unavailable")), ["211 cnp:b", "226 cnp:b"], "as at first");
});

Deno.test("a server that asks for time gets it, with some on top by chance, and not without end", () => {
  const office = new Office(["a", "b"]);
  const busy = (askedMs: number) => (): Answer => ({ outcome: "unavailable", askedMs });
  deepEqual(office.until(59, busy(40)), ["10 cnp:a"]);
  deepEqual(office.until(60, busy(1e9)), ["60 cnp:b"]);
  deepEqual(office.until(200, saying("written")), ["135 cnp:a", "140 cnp:b"]);
});

Deno.test("who was slower looks again soon", () => {
  const office = new Office(["a"]);
  deepEqual(office.until(25, saying("conflict")), ["10 cnp:a", "20 cnp:a"]);
});

Deno.test("what is gone, or the server takes from nobody, is tried again late", () => {
  for (const outcome of ["gone", "refused"] as const) {
    const office = new Office(["a"]);
    deepEqual(office.until(2000, saying(outcome)), ["10 cnp:a", "1210 cnp:a"]);
  }
});

Deno.test("what happens to a policy while it is written counts, and not what came of it", () => {
  const office = new Office(["a"]);
  let attempts = 0;
  const answer = (): Answer => {
    if (++attempts === 1) office.change("a", 2);
    return { outcome: "refused" };
  };
  deepEqual(office.until(500, answer), ["10 cnp:a", "20 cnp:a"]);
});

Deno.test("who finds what it has written itself yields to nobody", () => {
  const office = new Office([]);
  const { clusterNetworkPolicies } = office.plan.sinks;
  const rules = (action: string): object => ({
    ingress: [{ action, from: [{ namespaces: {} }] }],
  });
  clusterNetworkPolicies.upsert(observe({ name: "a", spec: rules("Accept") }), 0);
  const answer = (): Answer => {
    // Before the watch tells that the conditions stand there, which so are outdated by then.
    clusterNetworkPolicies.upsert(observe({ name: "b", spec: rules("Deny") }), 0);
    return { outcome: "written" };
  };
  deepEqual(office.until(19, answer), ["10 cnp:a"]);
  deepEqual(office.until(30, saying("written")), ["20 cnp:b", "20 cnp:a"]);
});

Deno.test("problems are told once for all, and end where nothing is wanted any more", () => {
  const office = new Office(["a", "b"]);
  office.until(9, saying("written"));
  office.until(10, saying("forbidden"));
  office.until(110, saying("forbidden"));
  deepEqual(office.plan.problems, ["forbidden"]);
  office.until(310, (name) => ({ outcome: name === "cnp:a" ? "failed" : "forbidden" }));
  deepEqual(office.plan.problems, ["failed", "forbidden"]);
  if (office.last !== undefined) office.stand(office.last); // somebody else has written them
  office.until(700, saying("forbidden"));
  deepEqual(office.plan.problems, ["forbidden"]);
  office.plan.sinks.clusterNetworkPolicies.remove(observe({ name: "b" }), 0);
  office.until(720, saying("forbidden"));
  deepEqual(office.plan.problems, []);
});

Deno.test("a problem ends where the next attempt has none", () => {
  const office = new Office(["a"]);
  office.until(10, saying("unavailable"));
  deepEqual(office.plan.problems, ["unavailable"]);
  office.until(30, saying("conflict"));
  deepEqual(office.plan.problems, []);
});
