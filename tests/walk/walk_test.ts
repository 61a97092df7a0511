import assert, { deepEqual } from "node:assert/strict";
import type { IpAddress } from "../../lib/model/address.ts";
import type { Match, PortKey, Rule, Verdict } from "../../lib/model/nft_rule.ts";
import { bare, type Keeping, type SetType } from "../../lib/model/nft_set.ts";
import type { Chain, MapElement, Ruleset } from "../../lib/model/ruleset.ts";
import type { Connection, Packet } from "./packet.ts";
import { loadTable } from "./table.ts";
import { type Passage, walk } from "./walk.ts";

const connection: Connection = {
  state: "new",
  direction: "original",
  client: "10.0.0.1" as IpAddress,
  server: "10.0.0.2" as IpAddress,
  serverPort: 80,
};

const packet: Packet = {
  hook: "forward",
  iifname: "eth0",
  oifname: "",
  saddr: "10.0.0.1" as IpAddress,
  daddr: "10.0.0.2" as IpAddress,
  protocol: "tcp",
  dport: 80,
  icmpv6Type: undefined,
  hopLimit: 63,
  tracking: connection,
};

const drop: Verdict = { kind: "drop" };

function rule(matches: readonly Match[], verdict: Verdict): Rule {
  return { matches, counter: false, verdict, comment: undefined };
}

function chain(name: string, ...rules: readonly Rule[]): Chain {
  return { name, hook: undefined, comment: undefined, rules };
}

function base(...rules: readonly Rule[]): Chain {
  return { ...chain("forward", ...rules), hook: { hook: "forward", priority: "filter - 5" } };
}

function rulesetOf(chains: readonly Chain[], parts: Partial<Ruleset> = {}): Ruleset {
  return {
    sets: new Map(),
    maps: new Map(),
    ...parts,
    chains: new Map(chains.map((chain) => [chain.name, chain])),
  };
}

function pass(ruleset: Ruleset, change: Partial<Packet> = {}): Passage {
  return walk(loadTable(ruleset), { ...packet, ...change });
}

/** Drops what a match matches. */
function matches(
  match: readonly Match[],
  change: Partial<Packet>,
  parts?: Partial<Ruleset>,
): boolean {
  return pass(rulesetOf([base(rule(match, drop))], parts), change).verdict === "drop";
}

function interval(
  type: SetType,
  ...elements: string[]
): Ruleset["sets"] {
  return setOf(type, { keeping: "interval", elements });
}

function setOf(
  type: SetType,
  { keeping, elements }: { readonly keeping: Keeping; readonly elements: readonly string[] },
): Ruleset["sets"] {
  const content = new Map(elements.map((element) => [element, bare]));
  return new Map([["s", {
    name: "s",
    typeof: type,
    keeping,
    comment: undefined,
    elements: content,
  }]]);
}

Deno.test("a packet that no rule decides is accepted by the base chain's policy", () => {
  assert.deepEqual(pass(rulesetOf([base()])), { verdict: "accept", steps: [] });
});

Deno.test("after a jump the caller goes on, after a goto the caller's caller", () => {
  const jumped = pass(rulesetOf([
    base(rule([], { kind: "jump", chain: "a" }), rule([], drop)),
    chain("a", rule([], { kind: "return" }), rule([], drop)),
  ]));
  assert.equal(jumped.verdict, "drop");
  assert.deepEqual(jumped.steps.map(({ chain, rule }) => `${chain} ${rule}`), [
    "forward 0",
    "a 0",
    "forward 1",
  ]);
  const gone = rulesetOf([
    base(rule([], { kind: "goto", chain: "a" }), rule([], drop)),
    chain("a", rule([], { kind: "return" })),
  ]);
  assert.equal(pass(gone).verdict, "accept");
  const goneWithin = rulesetOf([
    base(rule([], { kind: "jump", chain: "a" }), rule([], drop)),
    chain("a", rule([], { kind: "goto", chain: "b" }), rule([], { kind: "accept" })),
    chain("b"),
  ]);
  assert.equal(pass(goneWithin).verdict, "drop");
});

Deno.test("a verdict map sends a packet where its key's element says, others to the next rule", () => {
  const maps: Ruleset["maps"] = new Map([["m", {
    name: "m",
    typeof: "ip saddr",
    keeping: "plain",
    comment: undefined,
    elements: new Map([["10.0.0.1", {
      verdict: { kind: "jump", chain: "a" },
      comment: undefined,
    }]]),
  }]]);
  const ruleset = rulesetOf([
    base(rule([], { kind: "vmap", key: "ct original ip saddr", map: "m" })),
    chain("a", rule([], drop)),
  ], { maps });
  assert.equal(pass(ruleset).verdict, "drop");
  const other = { ...connection, client: "10.0.0.3" as IpAddress };
  assert.equal(pass(ruleset, { tracking: other }).verdict, "accept");
  assert.equal(pass(ruleset, { tracking: { state: "untracked" } }).verdict, "accept");
});

Deno.test("a verdict map of ports is asked behind a protocol, or by the header of its own", () => {
  const goto = (ports: string, chain: string): [string, MapElement] => {
    return [ports, { verdict: { kind: "goto", chain }, comment: undefined }];
  };
  const dropped = (key: PortKey, ports: string) => (serverPort: number, protocol = "tcp") => {
    const elements = new Map([goto("22", "b"), goto(ports, "a")]);
    const keeping = ports.includes("-") ? "interval" : "fixed";
    const map = { name: "m", typeof: "th dport", keeping, comment: undefined, elements } as const;
    const tcp: Match = { kind: "l4proto", protocols: ["tcp"] };
    const matches = key === "tcp dport" ? [] : [tcp];
    const chains = [base(rule(matches, { kind: "vmap", key, map: "m" })), chain("b")];
    const ruleset = rulesetOf([...chains, chain("a", rule([], drop))], {
      maps: new Map([["m", map]]),
    });
    const tracking = { ...connection, serverPort };
    return pass(ruleset, { protocol, dport: serverPort, tracking }).verdict === "drop";
  };
  for (const key of ["ct reply proto-src", "tcp dport"] as const) {
    const hits = (ports: string): readonly number[] =>
      [22, 79, 80, 82].filter((port) => dropped(key, ports)(port));
    deepEqual([hits("80"), hits("79-81")], [[80], [79, 80]]);
    deepEqual(dropped(key, "80")(80, "udp"), false);
  }
});

Deno.test("keys of the tuple read the connection, keys of the header the packet", () => {
  const sets = setOf("ip saddr", { keeping: "plain", elements: ["10.0.0.1"] });
  const key = (key: "ip saddr" | "ip daddr" | "ct original ip saddr" | "ct reply ip saddr") =>
  (
    change: Partial<Packet>,
  ): boolean => matches([{ kind: "address", keys: [key], set: "s" }], change, { sets });
  const reply: Partial<Packet> = {
    saddr: packet.daddr,
    daddr: packet.saddr,
    tracking: { ...connection, direction: "reply", state: "established" },
  };
  assert.deepEqual([key("ip saddr")({}), key("ip saddr")(reply)], [true, false]);
  assert.deepEqual([key("ip daddr")({}), key("ip daddr")(reply)], [false, true]);
  assert.deepEqual(
    [key("ct original ip saddr")({}), key("ct original ip saddr")(reply)],
    [true, true],
  );
  assert.deepEqual([key("ct reply ip saddr")({}), key("ct reply ip saddr")(reply)], [false, false]);
});

Deno.test("interval sets hold the ends of their ranges and prefixes, and nothing beside", () => {
  const inBlock = (server: string): boolean =>
    matches(
      [{ kind: "address", keys: ["ct reply ip saddr"], set: "s" }],
      { tracking: { ...connection, server: server as IpAddress } },
      { sets: interval("ip saddr", "10.0.0.0/30", "10.0.0.9-10.0.0.11", "10.0.0.20") },
    );
  const hits = Array.from({ length: 32 }, (_, i) => i).filter((i) => inBlock(`10.0.0.${i}`));
  assert.deepEqual(hits, [0, 1, 2, 3, 9, 10, 11, 20]);
  const blocks = interval("ip saddr . meta nfproto", "10.0.0.0/30 . ipv4", "10.0.0.9 . ipv6");
  const isFound = (client: string): boolean =>
    matches(
      [{ kind: "address", keys: ["ct original ip saddr", "meta nfproto"], set: "s" }],
      { tracking: { ...connection, client: client as IpAddress } },
      { sets: blocks },
    );
  assert.deepEqual(["10.0.0.3", "10.0.0.4", "10.0.0.9"].map(isFound), [true, false, false]);
  const ports = interval("th dport", "80", "90-92");
  const port: Match[] = [{ kind: "l4proto", protocols: ["tcp"] }, {
    kind: "server port",
    ports: { set: "s" },
  }];
  const found = [79, 80, 81, 89, 90, 91, 92, 93].filter((serverPort) =>
    matches(port, { tracking: { ...connection, serverPort } }, { sets: ports })
  );
  assert.deepEqual(found, [80, 90, 91, 92]);
});

Deno.test("keys of one family never match packets of the other", () => {
  const sets = interval("ip6 saddr", "::/1", "8000::/1");
  const match: Match = { kind: "address", keys: ["ct original ip6 saddr"], set: "s" };
  assert.equal(matches([match], {}, { sets }), false);
  assert.equal(matches([{ kind: "hoplimit", value: 63 }], {}), false);
  assert.equal(matches([{ kind: "nfproto", family: "ipv6" }], {}), false);
  assert.equal(matches([{ kind: "nfproto", family: "ipv4" }], {}), true);
});

Deno.test("ports are looked at only behind their protocol", () => {
  const port: Match[] = [{ kind: "l4proto", protocols: ["tcp"] }, {
    kind: "server port",
    ports: { ports: "80" },
  }];
  assert.equal(matches(port, {}), true);
  assert.equal(matches(port, { protocol: "udp" }), false);
  assert.throws(() => matches(port.slice(1), {}), /not behind a protocol/);
  const header: Match = { kind: "dport", protocol: "udp", ports: { ports: "80" } };
  assert.equal(matches([header], { protocol: "udp" }), true);
  assert.equal(matches([header], {}), false);
});

Deno.test("the walk refuses what it does not know", () => {
  const load = (...chains: Chain[]) => (): unknown => loadTable(rulesetOf(chains));
  const odd = { kind: "tcp flags", flags: "syn" } as unknown as Match;
  assert.throws(load(base(rule([odd], drop))), /match .*tcp flags.* is not known/);
  const reject = { kind: "reject" } as unknown as Verdict;
  assert.throws(load(base(rule([], reject))), /verdict .*reject.* is not known/);
  assert.throws(load(base(rule([], { kind: "jump", chain: "a" }))), /chain "a" is not there/);
  const vmap: Verdict = { kind: "vmap", key: "ip saddr", map: "m" };
  assert.throws(load(base(rule([], vmap))), /map "m" is not there/);
  const lookup: Match = { kind: "address", keys: ["ip saddr"], set: "s" };
  assert.throws(load(base(rule([lookup], drop))), /set "s" is not there/);
  const types: Match = { kind: "icmpv6 type", types: ["echo-request"] };
  assert.throws(load(base(rule([types], drop))), /icmpv6 type "echo-request" is not known/);
  assert.throws(() => pass(rulesetOf([base()]), { hook: "input" }), /0 base chains at hook input/);
});

Deno.test("the walk refuses what the kernel would refuse", () => {
  const load = (...chains: Chain[]) => (): unknown => loadTable(rulesetOf(chains));
  const loadSets = (sets: Ruleset["sets"]) => (): unknown =>
    loadTable(rulesetOf([base()], { sets }));
  assert.throws(loadSets(interval("ip saddr", "10.0.0.0/8", "10.1.0.0/16")), /overlap/);
  const besides = interval("ip saddr . meta nfproto", "1.0.0.0/8 . ipv4", "1.1.0.0/16 . ipv4");
  assert.throws(loadSets(besides), /overlap/);
  assert.throws(loadSets(interval("ip saddr . meta nfproto", "1.0.0.0/8 . x")), /no family/);
  assert.throws(loadSets(interval("ip saddr", "10.0.0.5/8")), /is no prefix/);
  assert.throws(loadSets(interval("th dport", "0-80")), /is no port/);
  const prefix = setOf("ip saddr", { keeping: "plain", elements: ["10.0.0.0/8"] });
  assert.throws(loadSets(prefix), /no IPv4 address/);
  const half = setOf("ip saddr . th dport", { keeping: "plain", elements: ["10.0.0.1"] });
  assert.throws(loadSets(half), /is not of ip \. port/);
  const loop = [
    chain("a", rule([], { kind: "jump", chain: "b" })),
    chain("b", rule([], { kind: "goto", chain: "a" })),
  ];
  assert.throws(load(base(), ...loop), /comes back to itself/);
  assert.throws(
    load(base(), chain("a", rule([], { kind: "jump", chain: "forward" }))),
    /base chain/,
  );
  assert.throws(
    () =>
      matches([{ kind: "address", keys: ["ip6 saddr"], set: "s" }], {}, {
        sets: interval("ip saddr", "10.0.0.0/8"),
      }),
    /key is ip6, set is ip/,
  );
});

Deno.test("sixteen calls in a row are as deep as it goes", () => {
  const tower = (calls: number): Ruleset =>
    rulesetOf([
      base(rule([], { kind: "jump", chain: "c1" })),
      ...Array.from({ length: calls - 1 }, (_, i) =>
        chain(`c${i + 1}`, rule([], { kind: "jump", chain: `c${i + 2}` }))),
      chain(`c${calls}`, rule([], drop)),
    ]);
  assert.equal(pass(tower(16)).verdict, "drop");
  assert.throws(() => pass(tower(17)), /deeper than 16/);
});
