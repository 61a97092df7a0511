import { deepEqual, equal } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { Names } from "../../../lib/cluster/names.ts";

const [one, two] = ["192.0.2.1", "192.0.2.2"] as IpAddress[] as [IpAddress, IpAddress];

function tell(names: Names, addresses: readonly IpAddress[], seconds: number, at: number): boolean {
  return names.learn({ name: "example.com", addresses, seconds }, at);
}

function currentOf(names: Names): readonly string[] {
  return [...names.byName.get("example.com")?.current.keys() ?? []];
}

Deno.test("CNP-14 an address is current until its time is over, and former after that", () => {
  const names = new Names();
  equal(tell(names, [one], 10, 0), true);
  equal(tell(names, [two], 20, 0), true);
  equal(names.nextEnd, 10_000);
  equal(names.expire(9_999), false);
  equal(names.expire(10_000), true);
  deepEqual(currentOf(names), [two]);
  deepEqual([...names.byName.get("example.com")?.former ?? []], [[one, 10_000]]);
  equal(names.nextEnd, 20_000);
});

Deno.test("CNP-14 what is told again lasts longer; what makes no difference is no news", () => {
  const names = new Names();
  tell(names, [one], 60, 0);
  const before = names.byName.get("example.com");
  equal(tell(names, [one], 50, 9_500), false, "a cache tells the same, counted down");
  equal(names.byName.get("example.com"), before);
  equal(tell(names, [one], 60, 30_000), true);
  equal(names.byName.get("example.com")?.current.get(one)?.until, 90_000);
});

Deno.test("CNP-14 when an address would have ended and was told again, nothing ends", () => {
  const names = new Names();
  tell(names, [one], 10, 0);
  tell(names, [one], 60, 5_000);
  const before = names.byName.get("example.com");
  equal(names.expire(10_000), false);
  equal(names.byName.get("example.com"), before);
  equal(names.nextEnd, 65_000);
});

Deno.test("CNP-14 times are at least some seconds, at most a day", () => {
  const names = new Names();
  tell(names, [one], 0, 0);
  tell(names, [two], 1e9, 0);
  const current = names.byName.get("example.com")?.current;
  deepEqual([current?.get(one)?.seconds, current?.get(two)?.seconds], [5, 86_400]);
});

Deno.test("CNP-14 names that no rule means any more are forgotten, and not learned", () => {
  const names = new Names();
  tell(names, [one], 60, 0);
  names.want([{ name: "example.com", wildcard: true }]);
  equal(names.byName.size, 0, "the wildcard does not mean the name itself");
  equal(tell(names, [one], 60, 0), false);
  equal(names.learn({ name: "a.example.com", addresses: [one], seconds: 60 }, 0), true);
});

Deno.test("CNP-14 a thousand addresses of a name are taken; what is more is counted, and when that was", () => {
  const names = new Names();
  const many = Array.from({ length: 1001 }, (_, n) => `10.0.${n >> 8}.${n & 255}` as IpAddress);
  tell(names, many.slice(1), 60, 0);
  deepEqual(names.refused, { count: 0, lastAt: undefined });
  tell(names, many, 60, 7);
  tell(names, many.slice(1), 60, 8);
  deepEqual([currentOf(names).length, names.refused], [1000, { count: 1, lastAt: 7 }]);
});

Deno.test("a record is another object when it changed, and the same when it did not", () => {
  const names = new Names();
  tell(names, [one], 60, 0);
  const first = names.byName.get("example.com");
  tell(names, [two], 60, 0);
  equal(names.byName.get("example.com") === first, false);
  deepEqual([...first?.current.keys() ?? []], [one], "whoever held it sees no change");
});
