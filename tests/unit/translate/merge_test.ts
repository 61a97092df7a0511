import { deepEqual } from "node:assert/strict";
import type { GroupRule } from "../../../lib/model/group.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { cluster } from "../../spec/cluster.ts";
import { type ApiObject, clusterPolicy, type Fields } from "../../spec/objects.ts";
import { inside, one, port } from "../../spec/tiers.ts";
import { decodeObjects, stateOf } from "../state.ts";

/** The rules of x/a's group for what comes in. */
function groupRules(...policies: readonly ApiObject[]): readonly GroupRule[] {
  const { groups } = translate(stateOf(decodeObjects(cluster(...policies)), "n1"), "n1");
  return groups.flatMap(({ tiers }) => tiers.flatMap(({ rules }) => rules));
}

/** The same, each as its action, ports and number of policies. */
function rulesWith(...policies: readonly ApiObject[]): readonly string[] {
  return groupRules(...policies).map((rule) => {
    if (rule.kind === "ports" || rule.kind === "port map") {
      throw new Error("Cannot tell: a rule of ports alone");
    }
    const ports = rule.kind === "peers" && rule.ports.kind === "protocol"
      ? rule.ports.ranges?.map(({ first }) => first).join()
      : "all";
    return `${rule.action} ${ports} of ${rule.policies.length}`;
  });
}

/** Policies about x/a, one behind the other, each with these rules on what comes in. */
function inARow(...lists: readonly (readonly Fields[])[]): readonly ApiObject[] {
  return lists.map((ingress, priority) =>
    clusterPolicy(`p${priority}`, { priority, subject: one("x/a"), ingress })
  );
}

Deno.test("what many policies say of pods is one rule for each action, and one for those in doubt", () => {
  const pass = (namespace: string): Fields => ({ action: "Pass", from: [inside(namespace)] });
  const policies = inARow([pass("x")], [pass("y")], [pass("z")]);
  deepEqual(rulesWith(...policies), ["Pass all of 3", "Deny all of 3"]);
  const denies = inARow([{ action: "Deny", from: [inside("x")] }], [pass("y")], [pass("z")]);
  deepEqual(
    rulesWith(...denies),
    ["Deny all of 3", "Pass all of 2"],
    "they need no rule of their own",
  );
});

Deno.test("a rule joins one of the same ports wherever it may, also before rules of the same action", () => {
  const at = (number: number, action = "Deny"): Fields => {
    return { action, from: [inside("y")], protocols: [port("tcp", number)] };
  };
  const apart = inARow([at(80)], [at(81, "Accept")], [at(81)], [at(80)]);
  deepEqual(rulesWith(...apart), ["Deny 80 of 2", "Accept 81 of 1", "Deny 81 of 1"]);
  const between = inARow([at(80)], [at(80, "Accept")], [at(80)]);
  deepEqual(rulesWith(...between), ["Deny 80 of 1", "Accept 80 of 1", "Deny 80 of 1"]);
});

Deno.test("what is said of the same peers at several ports of a protocol is one rule", () => {
  const at = (protocol: "tcp" | "udp", number: number, from = inside("y")): Fields => {
    return { action: "Accept", from: [from], protocols: [port(protocol, number)] };
  };
  const policies = inARow(
    [at("tcp", 80), at("udp", 80)],
    [at("tcp", 90)],
    [at("tcp", 100, inside("z"))],
  );
  deepEqual(rulesWith(...policies), ["Accept 100 of 1", "Accept 80,90 of 2", "Accept 80 of 1"]);
});

Deno.test("rules that do different things at many ports are looked up by the port", () => {
  const actions = ["Accept", "Deny", "Pass"];
  const policies = (ports: number): readonly ApiObject[] =>
    inARow(...Array.from({ length: ports }, (_, i) =>
      ["x", "y", "z"].map((namespace, turn) => ({
        action: actions[(i + turn) % actions.length],
        from: [inside(namespace)],
        protocols: [port("tcp", 80 + i)],
      }))));
  deepEqual(groupRules(...policies(8)).map(({ kind }) => kind), ["ports"]);
  const [rule, ...more] = groupRules(...policies(9));
  deepEqual(more, []);
  const classes = rule?.kind === "port map" ? rule.classes : [];
  const told = classes.map(({ rules }) => rules.map(({ action }) => action));
  deepEqual(told, Array.from({ length: 9 }, () => actions));
});
