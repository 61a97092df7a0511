import * as fc from "fast-check";
import { type ApiObject, nameOf, namespace, node } from "../spec/objects.ts";
import { labels } from "./labels.ts";
import { apiPod, namespaceNames, nodeNames } from "./pods.ts";
import { apiPolicy } from "./policies.ts";

/** A cluster as the API tells it, the pods that have just left it, and packets to try. */
export interface FuzzCase {
  readonly objects: readonly ApiObject[];
  readonly departed: readonly ApiObject[];
  readonly probes: readonly Probe[];
}

/** Chooses a connection among all that a cluster makes interesting: numbers, taken as they fit. */
export interface Probe {
  readonly client: number;
  readonly server: number;
  readonly transport: number;
}

const namespaces = fc.tuple(
  ...namespaceNames.filter((name) => name !== "lost").map((name) =>
    fc.tuple(labels, fc.integer({ min: 0, max: 7 })).map(([labels, luck]) =>
      luck === 0 ? undefined : namespace(name, labels)
    )
  ),
).map((list) => list.filter((object) => object !== undefined));

/** Namespaces, nodes, pods and policies, each name but once. */
export const clusterObjects: fc.Arbitrary<readonly ApiObject[]> = fc.tuple(
  namespaces,
  fc.uniqueArray(apiPod, { maxLength: 12, size: "max", selector: nameOf }),
  fc.uniqueArray(apiPolicy, { maxLength: 8, size: "max", selector: nameOf }),
).map(([namespaces, pods, policies]) => [
  ...nodeNames.map((name) => node(name)),
  ...namespaces,
  ...pods,
  ...policies,
]);

const choice = fc.nat({ max: 0xffff });

/** A cluster with many packets. */
export const fuzzCase: fc.Arbitrary<FuzzCase> = fc.record({
  objects: clusterObjects,
  departed: fc.uniqueArray(apiPod, { maxLength: 3, selector: nameOf }),
  probes: fc.array(fc.record({ client: choice, server: choice, transport: choice }), {
    minLength: 1,
    maxLength: 60,
    size: "max",
  }),
});
