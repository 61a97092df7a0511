import { deepEqual, equal, ok } from "node:assert/strict";
import * as fc from "fast-check";
// @ts-types="@types/dns-packet"
import packet from "dns-packet";
import { encodeQuestion, type RecordType, tryDecodeAnswer } from "../../../lib/dns/message.ts";
import { fuzzSeed, say } from "../../fuzz/report.ts";

interface Draft {
  readonly name?: string;
  readonly type?: RecordType;
  readonly flags?: number;
  readonly answers?: readonly packet.Answer[];
}

function message({ name = "example.com", type = "A", flags = 0, answers = [] }: Draft): Uint8Array {
  const questions = [{ name, type, class: "IN" as const }];
  return packet.encode({ type: "response", id: 7, flags, questions, answers: [...answers] });
}

const a = (name: string, data: string, ttl = 60): packet.Answer => ({ type: "A", name, data, ttl });
const alias = (name: string, data: string, ttl = 60): packet.Answer => {
  return { type: "CNAME", name, data, ttl };
};

function addressesOf(draft: Draft): readonly string[] | undefined {
  return tryDecodeAnswer(message(draft))?.addresses;
}

Deno.test("CNP-14 an answer tells the addresses of its question's name, in any case, and for how long", () => {
  const answers = [a("Example.COM", "192.0.2.1", 30), a("example.com", "192.0.2.2", 60)];
  const answer = tryDecodeAnswer(message({ name: "eXample.com", answers }));
  deepEqual(answer, {
    ...{ id: 7, name: "example.com", type: "A", code: "NOERROR", isTruncated: false },
    ...{ addresses: ["192.0.2.1", "192.0.2.2"], seconds: 30 },
  });
});

Deno.test("CNP-14 aliases count where one answer holds the whole chain, for the shortest time on it", () => {
  const chain = [
    alias("example.com", "b.net", 20),
    alias("B.net", "c.org"),
    a("c.org", "192.0.2.1"),
  ];
  const answer = tryDecodeAnswer(message({ answers: chain }));
  deepEqual([answer?.addresses, answer?.seconds], [["192.0.2.1"], 20]);
  deepEqual(addressesOf({ answers: chain.slice(1) }), [], "its beginning is missing");
  deepEqual(addressesOf({ answers: [chain[0], chain[2]].filter((x) => x !== undefined) }), []);
  const loop = [alias("example.com", "b.net"), alias("b.net", "example.com")];
  deepEqual(addressesOf({ answers: loop }), []);
});

Deno.test("CNP-14 a time whose highest bit is set is none", () => {
  const answers = [a("example.com", "192.0.2.1", 0x8000_0000)];
  equal(tryDecodeAnswer(message({ answers }))?.seconds, 0);
});

Deno.test("CNP-14 records of other names, other types and other classes tell nothing", () => {
  const other: packet.Answer = { type: "TXT", name: "example.com", data: "192.0.2.1", ttl: 60 };
  const chaos: packet.Answer = { ...a("example.com", "192.0.2.3"), class: "CH" } as packet.Answer;
  const answers = [a("example.org", "192.0.2.2"), other];
  deepEqual(addressesOf({ answers }), []);
  deepEqual(addressesOf({ type: "AAAA", answers: [a("example.com", "192.0.2.1")] }), []);
  deepEqual(addressesOf({ answers: [chaos] }), []);
});

Deno.test("no name opens a node's own link: loopback, link-local, groups, mapped addresses", () => {
  const closed4 = ["0.0.0.0", "127.0.0.1", "169.254.169.254", "224.0.0.1", "255.255.255.255"];
  const answers = [...closed4, "10.0.0.1"].map((data) => a("example.com", data));
  deepEqual(addressesOf({ answers }), ["10.0.0.1"]);
  const closed6 = [
    ...["::", "::1", "fe80::1", "ff02::1", "::ffff:192.0.2.1", "fd00:ec2::254"],
    ...["64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1"],
  ];
  const open6 = ["2001:db8::1", "64:ff9b::c000:201", "fd00:ec3::1"];
  const records = [...closed6, ...open6].map((data): packet.Answer => {
    return { type: "AAAA", name: "example.com", data, ttl: 60 };
  });
  deepEqual(addressesOf({ type: "AAAA", answers: records }), open6);
});

Deno.test("questions, other questions, and names that print like others are no answers", () => {
  equal(tryDecodeAnswer(encodeQuestion({ name: "example.com", type: "A" }, 7)), undefined);
  const mail = packet.encode({ type: "response", questions: [{ type: "MX", name: "a.b" }] });
  equal(tryDecodeAnswer(mail), undefined);
  const two = packet.encode({
    type: "response",
    questions: [{ type: "A", name: "a.b" }, { type: "A", name: "c.d" }],
  });
  equal(tryDecodeAnswer(two), undefined);
  // One label that holds a dot: 11 letters, not 7 and 3.
  const dotted = message({ answers: [a("example.com", "192.0.2.1")] });
  dotted[12] = 11;
  equal(tryDecodeAnswer(dotted), undefined);
});

Deno.test("what does not exist, is refused or cut short says so", () => {
  equal(tryDecodeAnswer(message({ flags: 3 }))?.code, "NXDOMAIN");
  equal(tryDecodeAnswer(message({ flags: 2 }))?.code, "SERVFAIL");
  equal(tryDecodeAnswer(message({ flags: packet.TRUNCATED_RESPONSE }))?.isTruncated, true);
});

Deno.test("whatever is sent, reading it ends, and gives an answer in order or none", () => {
  const seed = fuzzSeed();
  say(`fuzz of DNS messages: HEDGEROW_FUZZ_SEED=${seed}`);
  const good = message({
    answers: [alias("example.com", "b.net"), a("b.net", "192.0.2.1"), a("b.net", "192.0.2.2")],
  });
  const mutated = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 8 })
    .map((changes) => {
      const bytes = good.slice();
      for (const [place, value] of changes) bytes[place] = value;
      return bytes;
    });
  const cut = fc.nat(good.length).map((length) => good.slice(0, length));
  const noise = fc.uint8Array({ maxLength: 600, size: "max" });
  const framed = noise.map((bytes) => new Uint8Array([...good.slice(0, 12), ...bytes]));
  fc.assert(
    fc.property(fc.oneof(mutated, cut, noise, framed), (bytes) => {
      const answer = tryDecodeAnswer(bytes);
      if (answer === undefined) return;
      ok(/^[-_a-z0-9]+(\.[-_a-z0-9]+)*$/.test(answer.name), answer.name);
      ok(answer.addresses.every((address) => /^[0-9a-f.:]+$/.test(address)));
      ok(Number.isFinite(answer.seconds) && answer.seconds >= 0);
    }),
    { seed, numRuns: 5000 },
  );
});
