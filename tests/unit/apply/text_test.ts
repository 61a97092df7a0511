import { deepEqual, equal, throws } from "node:assert/strict";
import { formatHook } from "../../../lib/apply/hook_text.ts";
import { NftError, refusal, tryParseComplaint } from "../../../lib/apply/nft_error.ts";
import { isAtLeast, tryParseVersion } from "../../../lib/apply/nft_version.ts";
import { renameIn } from "../../../lib/apply/rename.ts";
import { checkStatement, formatLine, formatScript } from "../../../lib/apply/statement.ts";

Deno.test("versions are compared by their numbers, not as text", () => {
  equal(tryParseVersion("nftables v1.0.6 (Lester Gooch #5)\n"), "1.0.6");
  equal(tryParseVersion("nftables v1.1.7 (Commodore Bullmoose #8)\n"), "1.1.7");
  equal(tryParseVersion("iptables v1.8.9 (nf_tables)\n"), undefined);
  for (const version of ["1.0.6", "1.0.6.1", "1.0.10", "1.1", "1.1.3", "2"]) {
    equal(isAtLeast(version, "1.0.6"), true, version);
  }
  for (const version of ["1.0.5", "1.0", "1", "0.9.8"]) {
    equal(isAtLeast(version, "1.0.6"), false, version);
  }
});

Deno.test("the same priority is the same text, whatever nft calls it", () => {
  const line = (hook: string, priority: string): string =>
    `type filter hook ${hook} priority ${priority}; policy accept;`;
  for (
    const [found, expected] of [
      ["srcnat + 10", "110"],
      ["110", "110"],
      ["filter - 5", "filter - 5"],
      ["-5", "filter - 5"],
      ["filter", "filter"],
      ["0", "filter"],
      ["dstnat + 100", "filter"],
      ["security + 5", "55"],
      ["mangle - 1", "-151"],
      ["made-up + 1", "made-up + 1"],
    ] as const
  ) equal(formatHook(line("input", found)), line("input", expected));
  const ingress = 'type filter hook ingress device "lo" priority filter; policy accept;';
  equal(formatHook(ingress), ingress);
  equal(formatHook('comment "priority 7; x"'), 'comment "priority 7; x"');
});

Deno.test("the first useful line of an error is found, with its place in the script", () => {
  const placed = "/dev/stdin:15:35-36: Error: datatype mismatch\nadd rule\n  ^^\n";
  deepEqual(tryParseComplaint(placed), { line: 15, message: "datatype mismatch" });
  const bare = "Error: Could not process rule: Device or resource busy\ndelete\n^\n";
  const message = "Could not process rule: Device or resource busy";
  deepEqual(tryParseComplaint(bare), { line: undefined, message });
  equal(tryParseComplaint("Segmentation fault\n"), undefined);
});

Deno.test("an error shows the statement, shortened, and what nft said where it said no Error", () => {
  const script = `a\nadd rule ${"x".repeat(400)}\n`;
  const { message, line } = refusal("apply", "stdin:2:1-3: Error: no\n", script);
  equal(message, `Cannot apply: no in line 2: add rule ${"x".repeat(151)}…`);
  equal(line, 2);
  equal(refusal("apply", "hm\n", script).message, "Cannot apply: hm");
  equal(refusal("apply", "", script).message, "Cannot apply: nft said nothing");
});

Deno.test("statements are joined, one transaction to a line or one statement to a line", () => {
  const transaction = [
    'add set inet hedgerow s { typeof ip saddr; comment "a;b"; }',
    "add table x",
  ];
  equal(formatLine(transaction), transaction.join("; "));
  equal(formatScript(transaction), `${transaction[0]}\n${transaction[1]}\n`);
});

Deno.test("a statement that is not one statement is refused, whatever is wrong with it", () => {
  const good = 'add rule x comment "a { ; # \\ } b" accept';
  checkStatement(good);
  for (
    const bad of [
      ...["", "  ", "a\nb", "a\rb", "a\0b", "a\u0085b", "a; b", "a { b; } }", "a { b", "a } {"],
      ...['a "b', "a # b", "a \\", 'comment "x"; flush ruleset'],
    ]
  ) throws(() => checkStatement(bad), NftError, JSON.stringify(bad));
});

Deno.test("renaming finds every name, and leaves comments and longer names alone", () => {
  const names = new Map([["a", "b"], ["s", "t"]]);
  const declaration: readonly string[] = [];
  const renamed = renameIn({
    sets: new Map([
      ["s", { kind: "set", declaration, elements: new Map([["a", "a"]]) }],
      ["m", {
        kind: "map",
        declaration,
        elements: new Map([["1", '1 comment "jump a" : jump a'], ["2", "2 : goto a-long"]]),
      }],
    ]),
    chains: new Map([
      ["a", {
        declaration,
        rules: ['ip saddr @s jump a comment "@s goto a"', "ip saddr @s2 goto ab"],
      }],
    ]),
  }, names);
  deepEqual([...renamed.sets.keys()], ["t", "m"]);
  deepEqual([...renamed.sets.get("m")?.elements.values() ?? []], [
    '1 comment "jump a" : jump b',
    "2 : goto a-long",
  ]);
  deepEqual(renamed.chains.get("b")?.rules, [
    'ip saddr @t jump b comment "@s goto a"',
    "ip saddr @s2 goto ab",
  ]);
});
