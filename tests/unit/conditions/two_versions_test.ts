import { deepEqual, ok } from "node:assert/strict";
import { Plan } from "../../../lib/conditions/plan.ts";
import type { StandingCondition } from "../../../lib/model/condition.ts";
import { makeRandom } from "../../kernel/agent/random.ts";
import { makeSinks, observe } from "./observed.ts";

const minute = 60_000;
const hour = 60 * minute;

/** As for a real server. */
const timing = {
  ...{ soonMs: 5000, lateMs: 10 * minute, maxRetryAfterMs: minute },
  ...{ unavailableMs: [1000, minute], mendMs: [minute, 10 * minute] } as const,
};

/** The clock's steps. */
const stepMs = 5;

/** How long it takes until what is written has come to every agent. */
const lagMs = 20;

/** What a policy is at the server. */
interface Stored {
  readonly generation: number;
  readonly version: number;
  readonly conditions: readonly StandingCondition[];
}

/** An agent of a version that begins its messages with `accent`. */
class Speaker {
  readonly plan: Plan;
  readonly #accent: string;

  constructor(
    accent: string,
    clock: { readonly now: () => number; readonly random: () => number },
  ) {
    this.#accent = accent;
    this.plan = new Plan({ sinks: makeSinks(), timing, ...clock });
    this.plan.sinks.adminNetworkPolicies.replace([], 0);
    this.plan.sinks.baselineAdminNetworkPolicies.replace([], 0);
  }

  /** By its list at first, by its watch from then on. */
  see({ generation, version, conditions }: Stored): void {
    const heard = conditions.map((one) => {
      const isOwn = one.message.startsWith(this.#accent);
      const message = isOwn ? one.message.slice(this.#accent.length) : `what? ${one.message}`;
      return { ...one, message };
    });
    const spec = { priority: generation };
    const policy = observe({ generation, version: `${version}`, spec, conditions: heard });
    const sink = this.plan.sinks.clusterNetworkPolicies;
    if (sink.isSynced) sink.upsert(policy, 0);
    else sink.replace([policy], 0);
  }

  /** What it says, in its own words, of the version that it saw last. */
  speak(answer: (version: string, conditions: Stored["conditions"]) => boolean): void {
    for (let want = this.plan.next(); want !== undefined; want = this.plan.next()) {
      const conditions = want.conditions.map((one) => ({
        ...{ ...one, message: this.#accent + one.message },
        lastTransitionTime: "2026-01-01T00:00:00Z",
      }));
      const failure = { outcome: "conflict", problem: undefined, askedMs: 0 } as const;
      if (answer(want.observed.version, conditions)) this.plan.written(want);
      else this.plan.failed(want, failure);
    }
  }
}

/** A policy, and agents that speak of it, by a clock of their own. */
class Assembly {
  readonly #random: () => number;
  readonly #speakers = new Set<Speaker>();
  /** ms -> who has something to do then, perhaps */
  readonly #calendar = new Map<number, Speaker[]>();
  #stored: Stored = { generation: 1, version: 1, conditions: [] };
  #news: { readonly at: number; readonly stored: Stored }[] = [];
  #now = 0;
  #writes = 0;

  constructor(seed: number, accents: readonly string[]) {
    this.#random = makeRandom(seed);
    for (const accent of accents) this.#enter(accent);
  }

  /** The spec changes. */
  change(): void {
    this.#store({ ...this.#stored, generation: this.#stored.generation + 1 });
  }

  /** The oldest agent ends, and another one begins. */
  replaceOne(accent: string): void {
    for (const oldest of [...this.#speakers].slice(0, 1)) this.#speakers.delete(oldest);
    this.#enter(accent);
  }

  /** Lets time pass; returns how often somebody wrote meanwhile. */
  pass(ms: number): number {
    const [end, before] = [this.#now + ms, this.#writes];
    for (; this.#now < end; this.#now += stepMs) {
      this.#spread();
      const called = this.#calendar.get(this.#now) ?? [];
      this.#calendar.delete(this.#now);
      for (const speaker of called) if (this.#speakers.has(speaker)) this.#hear(speaker);
    }
    return this.#writes - before;
  }

  #enter(accent: string): void {
    const speaker = new Speaker(accent, { now: () => this.#now, random: this.#random });
    speaker.see(this.#stored);
    this.#speakers.add(speaker);
    this.#call(speaker, 0);
  }

  #spread(): void {
    const [next] = this.#news;
    if (next === undefined || next.at > this.#now) return;
    this.#news = this.#news.slice(1);
    for (const speaker of this.#speakers) speaker.see(next.stored);
  }

  #hear(speaker: Speaker): void {
    speaker.speak((version, conditions) => {
      if (version !== `${this.#stored.version}`) return false;
      this.#writes++;
      this.#store({ ...this.#stored, conditions });
      return true;
    });
    this.#call(speaker, Math.max(stepMs, Math.ceil(speaker.plan.restMs / stepMs) * stepMs));
  }

  #call(speaker: Speaker, ms: number): void {
    const at = this.#now + ms;
    const called = this.#calendar.get(at);
    if (called === undefined) this.#calendar.set(at, [speaker]);
    else called.push(speaker);
  }

  #store(stored: Stored): void {
    this.#stored = { ...stored, version: this.#stored.version + 1 };
    this.#news.push({ at: this.#now + lagMs, stored: this.#stored });
  }
}

function half(agents: number): readonly string[] {
  return Array.from({ length: agents }, (_, i) => `version ${i % 2}: `);
}

for (const agents of [2, 20, 200]) {
  Deno.test(`${agents} agents of two versions do not write in turns`, () => {
    const assembly = new Assembly(agents, half(agents));
    for (let change = 0; change < 3; change++) {
      const first = assembly.pass(minute);
      ok(first >= 1 && first <= 2, `${first} writes in the minute after a change`);
      const later = assembly.pass(hour - minute);
      ok(later >= 2 && later <= 6, `${later} writes in the hour after it`);
      assembly.change();
    }
  });
}

Deno.test("agents of one version write once for each change", () => {
  const assembly = new Assembly(1, Array.from({ length: 200 }, () => ""));
  const writes = [assembly.pass(hour)];
  assembly.change();
  writes.push(assembly.pass(hour));
  deepEqual(writes, [1, 1]);
});

Deno.test("an upgrade, node by node, costs a write in ten minutes, and its end one", () => {
  const agents = 100;
  const assembly = new Assembly(7, Array.from({ length: agents }, () => "old: "));
  assembly.pass(hour);
  let writes = 0;
  for (let i = 0; i < agents; i++) {
    assembly.replaceOne("new: ");
    writes += assembly.pass(hour / agents);
  }
  ok(writes >= 1 && writes <= 6, `${writes} writes in an upgrade that takes an hour`);
  const after = assembly.pass(hour);
  ok(after <= 1, `${after} writes in the hour after it`);
  deepEqual(assembly.pass(hour), 0);
});
