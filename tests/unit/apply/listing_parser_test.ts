import { deepEqual, throws } from "node:assert/strict";
import fc from "fast-check";
import type { ListedChain, ListedSet } from "../../../lib/model/listing.ts";
import { ListingError } from "../../../lib/apply/listing_lines.ts";
import { parseListing } from "../../../lib/apply/listing_parser.ts";
import type { TableReading } from "../../../lib/apply/table_reading.ts";

/** Comments may hold anything but a quote. */
const comment = fc.string({ maxLength: 20, unit: fc.constantFrom(..."ab {},:;#\\/@=*é\n") })
  .map((text) => `comment "${text}"`);
const name = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom(..."abc9-_./") })
  .map((text) => `n${text}`);

const keys = fc.uniqueArray(fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.tuple(fc.ipV4(), fc.nat(32)).map(([ip, bits]) => `${ip}/${bits}`),
  fc.tuple(fc.ipV4(), fc.ipV4()).map(([a, b]) => `${a}-${b}`),
  fc.tuple(fc.ipV6(), fc.nat(65535)).map(([ip, port]) => `${ip} . ${port}`),
  fc.nat(65535).map(String),
));

function elements(value: fc.Arbitrary<string>): fc.Arbitrary<ReadonlyMap<string, string>> {
  const extras = fc.option(fc.oneof(comment, fc.constant("timeout 3m"), fc.constant("counter")));
  return keys.chain((found) =>
    fc.tuple(
      ...found.map((key) =>
        fc.tuple(extras, value).map(([extra, rest]): [string, string] => [
          key,
          `${key}${extra === null ? "" : ` ${extra}`}${rest}`,
        ])
      ),
    ).map((entries) => new Map(entries))
  );
}

const set: fc.Arbitrary<ListedSet> = fc.record({
  kind: fc.constant("set" as const),
  declaration: fc.tuple(
    fc.subarray(["typeof ip saddr . th dport", "size 65535", "flags interval", "timeout 3m"]),
    fc.array(comment, { maxLength: 1 }),
  ).map((parts) => parts.flat()),
  elements: elements(fc.constant("")),
});

const map: fc.Arbitrary<ListedSet> = fc.record({
  kind: fc.constant("map" as const),
  declaration: fc.constant(["typeof ip saddr : verdict"]),
  elements: elements(name.map((chain) => ` : jump ${chain}`)),
});

const chain: fc.Arbitrary<ListedChain> = fc.record({
  declaration: fc.tuple(
    fc.array(comment, { maxLength: 1 }),
    fc.subarray(["type filter hook input priority 110; policy accept;"]),
  ).map((parts) => parts.flat()),
  rules: fc.array(fc.oneof(
    fc.constant("counter drop"),
    fc.constant("ip6 hoplimit 255 icmpv6 type { nd-router-solicit, nd-redirect } accept"),
    comment.map((text) => `meta l4proto { icmp, ipv6-icmp } return ${text}`),
  )),
});

const reading: fc.Arbitrary<TableReading> = fc.record({
  listing: fc.record({
    sets: fc.dictionary(name, fc.oneof(set, map)).map((sets) => new Map(Object.entries(sets))),
    chains: fc.dictionary(name, chain).map((chains) => new Map(Object.entries(chains))),
  }),
  declaration: fc.array(fc.oneof(comment, fc.constant("flags dormant")), { maxLength: 2 }),
  others: fc.array(fc.record({ kind: fc.constantFrom("counter", "ct helper", "quota"), name })),
});

/** Prints as nft does; how many elements it puts on a line is up to its version. */
function print({ listing, declaration, others }: TableReading, perLine: number): string {
  const blocks = [
    ...others.map(({ kind, name }) =>
      block(`${kind} ${name}`, ['comment "a } b"', "over 25 mbytes"])
    ),
    ...[...listing.sets].map(([name, { kind, declaration, elements }]) =>
      block(`${kind} ${name}`, [...declaration, ...printElements([...elements.values()], perLine)])
    ),
    ...[...listing.chains].map(([name, { declaration, rules }]) =>
      block(`chain ${name}`, [...declaration, ...rules])
    ),
  ];
  const own = declaration.map((line) => `\t${line}\n`).join("");
  return `table inet hedgerow {\n${own}${blocks.join("\n")}}\n`;
}

function block(head: string, lines: readonly string[]): string {
  return `\t${head} {\n${lines.map((line) => `\t\t${line}\n`).join("")}\t}\n`;
}

function printElements(texts: readonly string[], perLine: number): readonly string[] {
  if (texts.length === 0) return [];
  const lines: string[] = [];
  for (let i = 0; i < texts.length; i += perLine) {
    lines.push(texts.slice(i, i + perLine).join(", "));
  }
  return [`elements = { ${lines.join(",\n\t\t\t     ")} }`];
}

Deno.test("whatever is printed is read as what it was, whatever its comments hold", () => {
  fc.assert(
    fc.property(reading, fc.integer({ min: 1, max: 5 }), (table, perLine) => {
      deepEqual(parseListing(print(table, perLine)), table);
    }),
    { numRuns: 500 },
  );
});

Deno.test("what versions of nft print differently is read alike", () => {
  const old = `table inet hedgerow {
	set s {
		typeof ip saddr
		size 100
		elements = { 10.0.0.1, 10.0.0.2 comment "a # b" }
	}

	chain input {
		type filter hook input priority 110; policy accept;
		jump x
	}

	chain forward {
		type filter hook forward priority filter - 5; policy accept;
	}
}
`;
  const newer = `table inet hedgerow { # handle 7
	# progname nft
	set s { # handle 3
		typeof ip saddr
		size 100	# count 2
		elements = { 10.0.0.1,
			     10.0.0.2 comment "a # b" }
	}

	chain input { # handle 1
		type filter hook input priority srcnat + 10; policy accept;
		jump x # handle 9
	}

	chain forward {
		type filter hook forward priority filter - 5; policy accept;
	}
}
`;
  deepEqual(parseListing(newer), parseListing(old));
});

Deno.test("a rule with a chain of its own is one rule", () => {
  const text = `table inet hedgerow {
	chain a {
		ip saddr 1.1.1.1 jump {
			counter
			ip daddr { 2.2.2.2, 3.3.3.3 } accept
		}
		drop
	}
}
`;
  deepEqual(parseListing(text).listing.chains.get("a")?.rules, [
    "ip saddr 1.1.1.1 jump { counter; ip daddr { 2.2.2.2, 3.3.3.3 } accept; }",
    "drop",
  ]);
});

for (
  const [what, text] of [
    ["nothing", ""],
    ["another table", "table ip hedgerow {\n}\n"],
    ["two tables", "table inet hedgerow {\n}\ntable inet hedgerow {\n}\n"],
    ["a table that is cut off", "table inet hedgerow {\n\tchain a {\n\t\tcounter drop\n"],
    ["a set that is cut off", "table inet hedgerow {\n\tset a {\n\t\telements = { 1.1.1.1,"],
    ["a quote without its twin", 'table inet hedgerow {\n\tcomment "x\n}\n'],
    ["a brace too many", "table inet hedgerow {\n}\n}\n"],
    ["an object whose name is no name", "table inet hedgerow {\n\tchain a b c {\n\t}\n}\n"],
  ] as const
) {
  Deno.test(`a part is never taken for the whole: ${what} is an error`, () => {
    throws(() => parseListing(text), ListingError);
  });
}
