import * as fc from "fast-check";
import { type ApiObject, type Fields, nameOf, namespace } from "../spec/objects.ts";
import { type FuzzCase, fuzzCase } from "./cluster.ts";
import { labels } from "./labels.ts";
import { apiPod } from "./pods.ts";
import { apiNode } from "./nodes.ts";
import { apiPolicy } from "./policies.ts";
import { formatCase } from "./report.ts";
import { tierPolicies } from "./tiers.ts";

/** A cluster, and what it is after one object has come, changed or gone. */
export interface ChangeCase extends FuzzCase {
  readonly after: readonly ApiObject[];
}

/** What becomes of one object. */
export interface Change {
  readonly place: number;
  /** One of each kind, to be taken where its kind is. */
  readonly made: Readonly<Record<string, ApiObject>>;
  readonly mode: "add" | "remove" | "replace";
  /** True: only a policy's rules, subject or place, only a pod's labels or its ports are new. */
  readonly isPartial: boolean;
}

/** A random change, of whatever kind of object. */
export const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat({ max: 0xffff }),
  made: fc.record({
    Pod: apiPod,
    NetworkPolicy: apiPolicy,
    Namespace: labels.map((labels) => namespace("red", labels)),
    Node: apiNode("n1"),
    ...tierPolicies,
  }),
  mode: fc.constantFrom("add", "remove", "replace", "replace", "replace", "replace"),
  isPartial: fc.boolean(),
});

/** A random cluster, mostly on one node, and a random change of one of its objects. */
export const changeCase: fc.Arbitrary<ChangeCase> = fc.tuple(fuzzCase, change)
  .map(([fuzz, change]) => {
    const objects = gatherObjects(fuzz.objects);
    return { ...fuzz, objects, after: changeObjects(objects, change) };
  });

/** What gathered objects are after a change. */
export function changeObjects(
  objects: readonly ApiObject[],
  change: Change,
): readonly ApiObject[] {
  const after = changed(objects, change).map((object) =>
    objects.includes(object) ? object : gather(object)
  );
  return unique(after);
}

/** The objects, most of them near to each other, each name but once. */
export function gatherObjects(objects: readonly ApiObject[]): readonly ApiObject[] {
  return unique(objects.map(gather));
}

/** Most pods in one namespace of one node: there most changes have something to change. */
function gather(object: ApiObject): ApiObject {
  const { namespace } = object.metadata;
  if (namespace === undefined) return object;
  const metadata = { ...object.metadata, namespace: namespace === "blue" ? "blue" : "red" };
  if (object.kind !== "Pod") return { ...object, metadata };
  const spec = object.spec as Readonly<Record<string, unknown>>;
  return { ...object, metadata, spec: { ...spec, nodeName: spec.nodeName === "n3" ? "n3" : "n1" } };
}

function unique(objects: readonly ApiObject[]): readonly ApiObject[] {
  return [...new Map(objects.map((object) => [nameOf(object), object])).values()];
}

function changed(objects: readonly ApiObject[], change: Change): readonly ApiObject[] {
  const { place, made, mode } = change;
  const candidates = objects.filter(({ kind }) => kind in made);
  const old = candidates[place % candidates.length];
  const fresh = made[old?.kind ?? "Pod"];
  if (fresh === undefined) return objects;
  if (mode === "add" || old === undefined) {
    return [...objects.filter((object) => nameOf(object) !== nameOf(fresh)), fresh];
  }
  const rest = objects.filter((object) => object !== old);
  return mode === "remove" ? rest : [...rest, replaced(old, fresh, change)];
}

/** The new object under the old one's name. */
function replaced(old: ApiObject, fresh: ApiObject, { isPartial, place }: Change): ApiObject {
  const { namespace, name, uid } = old.metadata;
  const renamed = { ...fresh, metadata: { ...fresh.metadata, namespace, name, uid } };
  if (!isPartial) return renamed;
  if (old.kind === "Pod" && (place & 0x100) === 0) return { ...old, metadata: renamed.metadata };
  if (old.kind === "Pod") return { ...old, spec: withContainers(old.spec, fresh.spec) };
  if (!/Policy$/.test(old.kind)) return renamed;
  const { podSelector, subject, tier, priority, ingress, egress } = fresh.spec as Fields;
  const isOfTiers = old.kind === "ClusterNetworkPolicy";
  const parts = [
    { ingress, egress },
    isOfTiers ? { subject } : { podSelector },
    ...(isOfTiers ? [{ tier, priority }] : []),
  ];
  return { ...old, spec: { ...old.spec as Fields, ...parts[place % parts.length] } };
}

function withContainers(old: ApiObject["spec"], fresh: ApiObject["spec"]): ApiObject["spec"] {
  const { containers, initContainers } = fresh as Record<string, unknown>;
  return { ...old as object, containers, initContainers };
}

/** Prints a change as manifests: the cluster before, and what of it is new and gone. */
export function formatChange({ objects, departed, after }: ChangeCase): string {
  const fresh = after.filter((object) => !objects.includes(object));
  const gone = objects.filter((object) => !after.includes(object)).map(nameOf);
  return [
    formatCase({ objects, departed }),
    `# becomes the same without ${gone.join(", ") || "nothing"}, and with`,
    formatCase({ objects: fresh, departed: [] }),
  ].join("\n");
}
