import { deepEqual, equal, ok } from "node:assert/strict";
import { Agenda } from "../../../lib/conditions/agenda.ts";

/** An agenda by a clock and a chance that the test sets. */
function make(): { readonly agenda: Agenda; readonly set: { now: number; chance: number } } {
  const set = { now: 0, chance: 0 };
  const [random, now] = [(): number => set.chance, (): number => set.now];
  return { set, agenda: new Agenda({ soonMs: 100, lateMs: 5000, random, now }) };
}

function due({ agenda, set }: ReturnType<typeof make>): number {
  for (; agenda.take() === undefined; set.now++) if (set.now > 20_000) return Infinity;
  return set.now;
}

Deno.test("soon is between a wait and twice of it, late likewise", () => {
  for (
    const [chance, late, expected] of [
      ...[[0, false, 100], [1, false, 200], [0, true, 5000], [1, true, 10_000]] as const,
    ]
  ) {
    const made = make();
    made.set.chance = chance;
    if (late) made.agenda.late("p");
    else made.agenda.soon("p");
    equal(due(made), expected);
    equal(due(made), Infinity, "once");
  }
});

Deno.test("soon comes before late, and asked again is not put off", () => {
  const made = make();
  made.agenda.late("p");
  made.agenda.soon("p");
  made.set.now = 50;
  made.agenda.soon("p");
  equal(due(made), 100);
});

Deno.test("who is to come late does not come soon, and is put off anew each time", () => {
  const made = make();
  made.agenda.soon("p");
  made.agenda.late("p");
  made.set.now = 50;
  made.agenda.late("p");
  equal(due(made), 5050);
});

Deno.test("what was taken in vain comes again in its time, where nothing else is to be done", () => {
  const made = make();
  made.agenda.again("p", 30);
  made.agenda.again("p", 10);
  equal(due(made), 30);
  made.agenda.soon("p");
  made.agenda.again("p", 10);
  equal(due(made), 130);
});

Deno.test("whose time came first is taken first", () => {
  const { agenda, set } = make();
  agenda.again("p", 30);
  agenda.again("q", 20);
  set.now = 40;
  deepEqual([agenda.take(), agenda.take(), agenda.take()], ["q", "p", undefined]);
});

Deno.test("nobody rests beyond what comes next, or could", () => {
  const { agenda, set } = make();
  equal(agenda.restMs, 100);
  agenda.soon("p");
  set.now = 30;
  equal(agenda.restMs, 70);
  set.now = 130;
  equal(agenda.restMs, 0);
  equal(agenda.take(), "p");
  agenda.late("q");
  equal(agenda.restMs, 100);
});

Deno.test("of thousands of agents a few come first, and not hundreds at once", () => {
  const agents = 5000;
  const dues = Array.from({ length: agents }, (_, i) => {
    const made = make();
    made.set.chance = (i + 0.5) / agents;
    made.agenda.soon("p");
    return due(made);
  });
  const first = Math.min(...dues);
  // What the first has written takes a moment until all have seen it.
  const hasty = dues.filter((at) => at <= first + 1);
  ok(hasty.length < 5, `${hasty.length} of ${agents} come with the first, at ${first}`);
  deepEqual([first > 100, Math.max(...dues) <= 200], [true, true]);
});
