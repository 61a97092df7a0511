import assert from "node:assert/strict";
import {
  everything,
  formatSelector,
  type Requirement,
  selects,
} from "../../../lib/model/labels.ts";

type Row = readonly [
  sentence: string,
  requirement: Requirement,
  labels: Readonly<Record<string, string>>,
  selected: boolean,
];

function is(key: string, operator: Requirement["operator"], values: string[] = []): Requirement {
  return { key, operator, values };
}

const rows: readonly Row[] = [
  ["NP-17 In takes a listed value", is("app", "In", ["a", "b"]), { app: "b" }, true],
  ["NP-17 In refuses another value", is("app", "In", ["a", "b"]), { app: "c" }, false],
  ["NP-17 In needs the key", is("app", "In", ["a"]), {}, false],
  ["NP-18 NotIn takes an absent key", is("app", "NotIn", ["a"]), {}, true],
  ["NP-18 NotIn takes another value", is("app", "NotIn", ["a"]), { app: "b" }, true],
  ["NP-18 NotIn refuses a listed value", is("app", "NotIn", ["a"]), { app: "a" }, false],
  ["NP-18 NotIn of the empty value takes an absent key", is("app", "NotIn", [""]), {}, true],
  ["NP-19 Exists takes an empty value", is("app", "Exists"), { app: "" }, true],
  ["NP-19 Exists refuses an absent key", is("app", "Exists"), { apt: "" }, false],
  ["NP-19 DoesNotExist refuses an empty value", is("app", "DoesNotExist"), { app: "" }, false],
  ["NP-19 DoesNotExist takes an absent key", is("app", "DoesNotExist"), {}, true],
  ["NP-20 the empty value is no absent key", is("app", "In", [""]), {}, false],
  ["NP-20 the empty value is itself", is("app", "In", [""]), { app: "" }, true],
];

for (const [sentence, requirement, labels, selected] of rows) {
  Deno.test(sentence, () => {
    assert.equal(selects([requirement], labels), selected);
  });
}

Deno.test("NP-21 an empty selector selects everything", () => {
  assert.ok(selects(everything, {}));
  assert.ok(selects(everything, { app: "web" }));
});

Deno.test("NP-21 all requirements must hold, and contradictory ones match nothing", () => {
  const both = [is("app", "In", ["a"]), is("tier", "Exists")];
  assert.ok(!selects(both, { app: "a" }));
  assert.ok(selects(both, { app: "a", tier: "" }));
  const never = [is("app", "Exists"), is("app", "DoesNotExist")];
  assert.ok(!selects(never, { app: "a" }));
  assert.ok(!selects(never, {}));
});

Deno.test("formatSelector() prints what kubectl takes", () => {
  const selector = [
    is("app", "In", ["web"]),
    is("env", "NotIn", ["dev", "test"]),
    is("old", "DoesNotExist"),
    is("tier", "Exists"),
    is("x", "NotIn", ["1"]),
    is("y", "In", ["1", "2"]),
  ];
  assert.equal(formatSelector(selector), "app=web,env notin (dev,test),!old,tier,x!=1,y in (1,2)");
  assert.equal(formatSelector(everything), "");
});
