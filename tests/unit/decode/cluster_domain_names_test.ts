import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import { tryParseDomainName } from "../../../lib/decode/tier_domain_names.ts";
import { formatIssue } from "../../../lib/model/issue.ts";
import { makeClusterPolicy, printRule } from "./cluster_objects.ts";

const label63 = "a".repeat(63);
const name253 = `${label63}.${label63}.${label63}.${"a".repeat(61)}`;

const names: readonly (readonly [text: string, name: string, wildcard: boolean])[] = [
  ["example.com", "example.com", false],
  ["EXAMPLE.com.", "example.com", false],
  ["*.Example.com", "example.com", true],
  ["*.example.com.", "example.com", true],
  ["a.b.c.d.e", "a.b.c.d.e", false],
  ["1.a", "1.a", false],
  ["xn--bcher-kva.example", "xn--bcher-kva.example", false],
  ["_sip._tcp.example.com", "_sip._tcp.example.com", false],
  ["a--b.c_d.example.com", "a--b.c_d.example.com", false],
  [name253, name253, false],
  [`${name253}.`, name253, false],
];

for (const [text, name, wildcard] of names) {
  Deno.test(`CNP-14 ${text} is ${wildcard ? "what ends in" : "exactly"} ${name}`, () => {
    assert.deepEqual(tryParseDomainName(text), { name, wildcard });
  });
}

const wrong = [
  ...["", ".", "..", "*", "*.", "*.*", "*.*.com", "a.*.com", "*a.example.com", "*example.com"],
  ...["com", "*.com", "com.", "localhost", "example..com", ".example.com", "example.com.."],
  ...["-a.example.com", "a-.example.com", "a b.com", "a.com ", " a.com", "a.com\n", "a\n.com"],
  ...["http://example.com", "example.com:80", "example.com/", "a@example.com", "bücher.example"],
  ...["\u212Aelvin.example", "10.0.0.1", "1.2", "fd00::1", "^.example.com", "`.example.com"],
  ...[`${label63}a.example.com`, `a${name253}`, `*.a${name253}`, "a.".repeat(5000)],
];

for (const text of wrong) {
  Deno.test(`CNP-14 ${JSON.stringify(text).slice(0, 40)} is no DNS name`, () => {
    assert.equal(tryParseDomainName(text), undefined);
  });
}

Deno.test("CNP-14 a name reads the same in any case, with and without the dot at its end", () => {
  const label = fc.stringMatching(/^[a-z0-9_]([-a-z0-9_]{0,20}[a-z0-9_])?$/);
  const labels = fc.array(label, { minLength: 1, maxLength: 8 });
  fc.assert(fc.property(labels, fc.boolean(), fc.boolean(), (labels, wildcard, dot) => {
    const name = [...labels, "example"].join(".");
    const text = `${wildcard ? "*." : ""}${name.toUpperCase()}${dot ? "." : ""}`;
    assert.deepEqual(tryParseDomainName(text), { name, wildcard });
  }));
});

Deno.test("CNP-14 what is read holds letters, digits, -, _ and . only, whatever the text", () => {
  const text = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^(\*\.)?[-._*aZ9 ]*$/));
  fc.assert(fc.property(text, (text) => {
    const domain = tryParseDomainName(text);
    if (domain !== undefined) assert.match(domain.name, /^[-a-z0-9_]+(\.[-a-z0-9_]+)+$/);
  }));
});

Deno.test("CNP-14 what is no DNS name is told and matches nothing, and the others match", () => {
  const domainNames = ["a.example", 5, "A.example.", "*.a.example", "10.0.0.1", "b.example"];
  const { object, issues } = decodeClusterNetworkPolicy(makeClusterPolicy({
    egress: [{ action: "Accept", to: [{ domainNames }, { domainNames: ["?"] }, { nodes: {} }] }],
  }));
  assert.deepEqual(object?.egress.map(printRule), [
    "Accept names a.example, *.a.example, b.example or names none or nodes all",
  ]);
  const expected = "expected a DNS name as example.com or *.example.com";
  const at = "ClusterNetworkPolicy web: spec.egress[0].to";
  assert.deepEqual(issues.map(formatIssue), [
    `${at}[0].domainNames[1]: found 5, ${expected}`,
    `${at}[0].domainNames[4]: found "10.0.0.1", ${expected}`,
    `${at}[1].domainNames[0]: found "?", ${expected}`,
  ]);
  assert.equal(object?.broken, false);
});

for (const action of ["Deny", "Pass"]) {
  Deno.test(`CNP-14 CNP-22 domain names in a rule that says ${action} deny everything`, () => {
    const { object, issues } = decodeClusterNetworkPolicy(makeClusterPolicy({
      egress: [{ action, to: [{ domainNames: ["a.example"] }] }],
    }));
    assert.deepEqual(object?.egress.map(printRule), ["Deny everyone"]);
    assert.deepEqual(issues.map(formatIssue), [
      'ClusterNetworkPolicy web: spec.egress[0].to[0].domainNames: found ["a.example"], expected domainNames only in rules that accept',
    ]);
  });
}

for (const domainNames of [[], {}, "a.example"]) {
  Deno.test(`CNP-14 CNP-22 domainNames ${JSON.stringify(domainNames)} are no names at all`, () => {
    const { object, issues } = decodeClusterNetworkPolicy(makeClusterPolicy({
      egress: [{ action: "Accept", to: [{ nodes: {} }, { domainNames }] }],
    }));
    assert.deepEqual(object?.egress.map(printRule), ["Accept nobody"]);
    assert.deepEqual(issues.map(formatIssue), [
      `ClusterNetworkPolicy web: spec.egress[0].to[1].domainNames: found ${
        JSON.stringify(domainNames)
      }, expected a list of at least one DNS name`,
    ]);
  });
}
