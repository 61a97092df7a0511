import { deepEqual, equal, ok } from "node:assert/strict";
import { Names } from "../../../lib/cluster/names.ts";
import { type Ask, LookupError } from "../../../lib/dns/ask.ts";
import { Lookups } from "../../../lib/dns/lookups.ts";
import type { Answer, Question } from "../../../lib/dns/message.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import { ShamTime } from "./sham_time.ts";

/** What a resolver says, and after how many ms; undefined: nothing. */
type Says = (question: Question) => { readonly answer: Partial<Answer>; readonly ms: number };
type Resolver = Says | undefined;

const [first, second] = ["10.0.9.1", "10.0.9.2"] as IpAddress[] as [IpAddress, IpAddress];
const address = "192.0.2.1" as IpAddress;

/** A cache: of each name's time it tells what is left. */
function cache(time: ShamTime, { seconds = 30, ms = 1 } = {}): Says {
  const ends = new Map<string, number>();
  return ({ name }) => {
    if ((ends.get(name) ?? 0) <= time.now) ends.set(name, time.now + seconds * 1000);
    const left = Math.floor(((ends.get(name) ?? 0) - time.now) / 1000);
    return { answer: { addresses: [address], seconds: left }, ms };
  };
}

const noSuchName: Says = () => ({ answer: { code: "NXDOMAIN" }, ms: 1 });

/** Names that are looked up, and what is known of them. */
class Street implements Disposable {
  readonly time = new ShamTime();
  readonly resolvers = new Map<IpAddress, Resolver>();
  /** How often each resolver was asked. */
  readonly asked = new Map<IpAddress, number>();
  readonly names = new Names();
  readonly lookups: Lookups;
  mostAtOnce = 0;
  #underWay = 0;

  constructor() {
    const take = (answer: Answer): unknown => this.names.learn(answer, this.time.now);
    this.lookups = new Lookups(take, (...question) => this.#count(this.#ask(...question)));
  }

  want(count: number, resolvers: readonly IpAddress[] = [...this.resolvers.keys()]): void {
    const names = Array.from({ length: count }, (_, n) => `n${n}.example.com`);
    this.lookups.want({ names, types: ["A"], resolvers });
  }

  /** Lets so many seconds pass; returns the names that were closed at any time after they were open. */
  async closedIn(seconds: number): Promise<readonly string[]> {
    const closed = new Set<string>();
    for (let i = 0; i < seconds * 10; i++) {
      await this.time.pass(100);
      this.names.expire(this.time.now);
      for (const [name, { current }] of this.names.byName) if (current.size === 0) closed.add(name);
    }
    return [...closed];
  }

  [Symbol.dispose](): void {
    this.lookups.close();
    this.time[Symbol.dispose]();
  }

  #ask: Ask = async (question, resolver, { deadlineMs }) => {
    this.asked.set(resolver, (this.asked.get(resolver) ?? 0) + 1);
    const said = this.resolvers.get(resolver)?.(question);
    await new Promise((resolve) => setTimeout(resolve, said?.ms ?? deadlineMs));
    if (said === undefined) throw new LookupError("no answer", { isSilence: true });
    const none = { id: 0, code: "NOERROR", isTruncated: false, addresses: [], seconds: 0 };
    return { ...none, ...question, ...said.answer };
  };

  async #count(task: Promise<Answer>): Promise<Answer> {
    this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#underWay);
    try {
      return await task;
    } finally {
      this.#underWay--;
    }
  }
}

for (const count of [10, 200]) {
  Deno.test(`CNP-14 ${count} exact names are never closed while one of two resolvers is silent`, async () => {
    using street = new Street();
    street.resolvers.set(first, cache(street.time)).set(second, undefined);
    street.want(count);
    deepEqual(await street.closedIn(100), []);
    equal(street.names.byName.size, count);
    deepEqual(street.lookups.unanswered, []);
  });
}

for (const seconds of [0, 1, 5, 9, 300]) {
  Deno.test(`CNP-14 a name of ${seconds} s is never closed by a resolver that counts its time down`, async () => {
    using street = new Street();
    street.resolvers.set(first, cache(street.time, { seconds }));
    street.want(1);
    deepEqual(await street.closedIn(3 * seconds + 30), []);
    const asked = street.asked.get(first) ?? 0;
    ok(asked <= 6 * 3 + 30 / 1.5, `it was asked for ${asked} times`);
  });
}

Deno.test("CNP-14 a resolver that falls silent closes no name that another one knows", async () => {
  using street = new Street();
  street.resolvers.set(first, cache(street.time)).set(second, cache(street.time));
  street.want(100);
  await street.closedIn(20);
  street.resolvers.set(first, undefined);
  deepEqual(await street.closedIn(60), []);
});

Deno.test("CNP-14 no name is closed by a resolver that takes 1.5 s", async () => {
  using street = new Street();
  street.resolvers.set(first, cache(street.time, { ms: 1500 }));
  street.want(20);
  deepEqual(await street.closedIn(70), []);
  equal(street.names.byName.size, 20);
});

Deno.test("CNP-14 that a name does not exist is believed when all have answered, and no sooner", async () => {
  using street = new Street();
  const knows = cache(street.time, { seconds: 5 });
  const asked = new Map<string, number>();
  const loses: Says = (question) => {
    const count = (asked.get(question.name) ?? 0) + 1;
    asked.set(question.name, count);
    return count % 3 === 0 ? { answer: { code: "SERVFAIL" }, ms: 2000 } : knows(question);
  };
  street.resolvers.set(first, loses).set(second, noSuchName);
  street.want(20);
  deepEqual(await street.closedIn(100), []);
});

Deno.test("a resolver that is silent holds nothing up, and is tried again", async () => {
  using street = new Street();
  street.resolvers.set(first, cache(street.time, { seconds: 5 })).set(second, undefined);
  street.want(100);
  await street.closedIn(60);
  const missed = street.asked.get(second) ?? 0;
  ok(missed < 110, `it was asked ${missed} times`);
  street.resolvers.set(first, undefined).set(second, cache(street.time));
  deepEqual(await street.closedIn(60), []);
});

Deno.test("what nobody answers for is asked less and less, and at once when there is another resolver", async () => {
  using street = new Street();
  street.resolvers.set(first, undefined);
  street.want(3);
  await street.closedIn(120);
  deepEqual(street.lookups.unanswered, ["n0.example.com", "n1.example.com", "n2.example.com"]);
  ok((street.asked.get(first) ?? 0) < 40);
  street.resolvers.set(second, cache(street.time));
  street.want(3);
  await street.closedIn(2.5);
  equal(street.names.byName.size, 3);
  deepEqual(street.lookups.unanswered, []);
});

Deno.test("what nobody answers for is asked at once when a resolver is heard again", async () => {
  using street = new Street();
  street.resolvers.set(first, undefined);
  street.want(50);
  await street.closedIn(120);
  street.resolvers.set(first, cache(street.time));
  street.want(51); // one that is new
  await street.closedIn(0.1);
  equal(street.names.byName.size, 51);
});

Deno.test("two thousand names are looked up by 64 questions at a time", async () => {
  using street = new Street();
  street.resolvers.set(first, cache(street.time, { ms: 10 }));
  street.want(2000);
  await street.time.pass(400);
  deepEqual([street.names.byName.size, street.mostAtOnce], [2000, 64]);
});

Deno.test("names that are not wanted any more are asked for no more", async () => {
  using street = new Street();
  street.resolvers.set(first, cache(street.time));
  street.want(10);
  await street.closedIn(1);
  street.want(0);
  const before = street.asked.get(first);
  await street.closedIn(100);
  equal(street.asked.get(first), before);
});
