import { deepEqual, equal, rejects } from "node:assert/strict";
import { Quarantine, type Quarantined } from "../../../lib/reconcile/quarantine.ts";
import { cluster } from "../../spec/cluster.ts";
import { policy } from "../../spec/objects.ts";
import { decodeObjects, stateOf } from "../state.ts";

const names = ["x/one", "x/two", "x/three"];
const state = stateOf(
  decodeObjects(cluster(...names.map((name) => policy(name, { podSelector: {} })))),
  "n1",
);
const all: readonly Quarantined[] = names.map((name) => {
  const found = [...state.policies].find(([key]) => key === name);
  if (found === undefined) throw new Error(`Cannot find ${name}`);
  return { name, policy: found[1], reason: "it was refused" };
});

const refuse = (): Promise<Error> => Promise.resolve(new Error("not yet"));
const take = (): Promise<undefined> => Promise.resolve(undefined);

Deno.test("those in quarantine are asked about one by one, each question in its time", async () => {
  const quarantine = new Quarantine(1000);
  equal(quarantine.askAt, Infinity, "there is nobody");
  quarantine.hold(all, 0);
  equal(quarantine.askAt, 1000);
  equal(await quarantine.ask(state, 1000, refuse), false);
  equal(quarantine.askAt, 2000, "the others wait, too");
  await rejects(quarantine.ask(state, 2000, () => Promise.reject(new Error("no answer"))));
  equal(quarantine.askAt, 3000, "a question without an answer was one");
  const reasons = quarantine.held.map(({ name, reason }) => [name, reason]);
  deepEqual(reasons, [
    ["x/one", "not yet"],
    ["x/three", "it was refused"],
    ["x/two", "it was refused"],
  ]);
});

Deno.test("who is let out with all others while a question is open stays out", async () => {
  const quarantine = new Quarantine(1000);
  quarantine.hold(all, 0);
  const answer = Promise.withResolvers<Error>();
  const asking = quarantine.ask(state, 1000, () => answer.promise);
  quarantine.clear();
  answer.resolve(new Error("not yet"));
  equal(await asking, false);
  deepEqual(quarantine.held, []);
});

Deno.test("when one is let out of quarantine, the next is asked about at once", async () => {
  const quarantine = new Quarantine(1000);
  quarantine.hold(all, 0);
  equal(await quarantine.ask(state, 1000, take), true);
  equal(quarantine.askAt, 1000);
  equal(await quarantine.ask(state, 1001, take), true);
  deepEqual(quarantine.held.map(({ name }) => name), ["x/three"]);
  equal(await quarantine.ask(state, 1002, refuse), false);
  equal(quarantine.askAt, 2002);
});
