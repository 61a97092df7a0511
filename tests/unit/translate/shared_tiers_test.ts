import type { V1ContainerPort } from "@kubernetes/client-node";
import { deepEqual, equal, notEqual } from "node:assert/strict";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import type { GroupTier } from "../../../lib/model/group.ts";
import type { NodePolicy } from "../../../lib/model/node_policy.ts";
import { Translator } from "../../../lib/translate/translator.ts";
import {
  type ApiObject,
  clusterPolicy,
  type Fields,
  namespace,
  pod,
  policy,
} from "../../spec/objects.ts";
import { decodeObjects, stateOf } from "../state.ts";

const apps = Array.from({ length: 20 }, (_, app) => `app-${app}`);

function tierPolicy(name: string, tier: string, action: string, rule: Fields = {}): ApiObject {
  const rules = { action, ...rule };
  const [from, to] = [[{ namespaces: {} }], [{ networks: ["203.0.113.0/24"] }]];
  const [ingress, egress] = [[{ from, ...rules }], [{ to, ...rules }]];
  return clusterPolicy(name, { tier, priority: 1, ingress, egress });
}

interface Followed {
  readonly first: NodePolicy;
  /** What it comes to when a policy is another. */
  readonly change: (object: ApiObject) => NodePolicy;
}

/** What a pod for each app, each with a NetworkPolicy of its own, and some policies come to. */
function follow(
  objects: readonly ApiObject[],
  ports: (app: number) => readonly V1ContainerPort[] = () => [],
): Followed {
  const pods = apps.flatMap((app, i) => [
    pod(`shop/${app}`, {
      ...{ labels: { app }, ips: [`10.0.0.${i + 1}`] },
      ports: ports(i),
    }),
    policy(`shop/${app}`, { podSelector: { matchLabels: { app } }, policyTypes: ["Egress"] }),
  ]);
  const store = stateOf(decodeObjects([namespace("shop"), ...pods, ...objects]), "n1");
  store.touches.take();
  const translator = new Translator("n1");
  const first = translator.translate(store);
  const change = (object: ApiObject): NodePolicy => {
    const { object: record } = decodeClusterNetworkPolicy(object);
    if (record === undefined) throw new Error("Cannot decode a policy");
    store.sinks.clusterNetworkPolicies.upsert(record, 0);
    return translator.translate(store, store.touches.take());
  };
  return { first, change };
}

function tiersIn({ groups }: NodePolicy): readonly GroupTier[] {
  return groups.flatMap(({ tiers }) => tiers);
}

/** How often each was worked out: then it is another object. */
function counts(tiers: readonly GroupTier[]): Readonly<Record<string, number>> {
  const byTier = Map.groupBy(new Set(tiers), ({ tier }) => tier);
  return Object.fromEntries([...byTier].map(([tier, made]) => [tier, made.length]));
}

Deno.test("what policies for every pod come to is worked out once for all groups of a direction", () => {
  const { first } = follow([
    tierPolicy("admin", "Admin", "Pass"),
    tierPolicy("baseline", "Baseline", "Deny"),
  ]);
  equal(first.groups.length, apps.length + 1); // egress each, ingress together
  deepEqual(counts(tiersIn(first)), { Admin: 2, NetworkPolicy: apps.length, Baseline: 1 });
});

Deno.test("a change of a policy for every pod works its tier out once, and no other", () => {
  const { first, change } = follow([
    tierPolicy("admin", "Admin", "Pass"),
    tierPolicy("other", "Admin", "Deny"),
    tierPolicy("baseline", "Baseline", "Deny"),
  ]);
  const before = new Set(tiersIn(first));
  const changed = change(tierPolicy("admin", "Admin", "Accept"));
  notEqual(changed, first);
  deepEqual(counts(tiersIn(changed).filter((tier) => !before.has(tier))), { Admin: 2 });
});

Deno.test("where a change is about one direction alone, the other one's tier stays the same object", () => {
  const before = tierPolicy("admin", "Admin", "Pass");
  const { first, change } = follow([before]);
  const egress = [{ action: "Deny", to: [{ networks: ["203.0.113.0/24"] }] }];
  const changed = change({ ...before, spec: { ...before.spec as Fields, egress } });
  const known = new Set(tiersIn(first));
  const anew = changed.groups.filter(({ tiers }) => tiers.some((tier) => !known.has(tier)));
  deepEqual([...new Set(anew.map(({ direction }) => direction))], ["egress"]);
});

Deno.test("CNP-16: who has other numbers for the names that a tier asks for has it worked out anew", () => {
  const asked = { protocols: [{ destinationNamedPort: "web" }] };
  const { first } = follow([tierPolicy("admin", "Admin", "Accept", asked)], (app) => [
    { name: "web", containerPort: 8000 + app % 3, protocol: "TCP" },
    { name: "other", containerPort: 9000 + app, protocol: "TCP" }, // nobody asks for it
  ]);
  const ingress = first.groups.filter(({ direction }) => direction === "ingress");
  equal(counts(ingress.flatMap(({ tiers }) => tiers)).Admin, 3);
});
