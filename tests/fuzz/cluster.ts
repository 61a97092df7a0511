import * as fc from "fast-check";
import { type ApiObject, nameOf, namespace } from "../spec/objects.ts";
import { answers } from "./answers.ts";
import { labels } from "./labels.ts";
import { apiNode, nodeNames } from "./nodes.ts";
import { apiPod, namespaceNames } from "./pods.ts";
import { apiPolicy } from "./policies.ts";
import { tierPolicy } from "./tiers.ts";

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

/** NetworkPolicies: only a few in every third cluster. */
const policies = fc.oneof(
  { weight: 1, arbitrary: fc.uniqueArray(apiPolicy, { maxLength: 2, selector: nameOf }) },
  {
    weight: 2,
    arbitrary: fc.uniqueArray(apiPolicy, { maxLength: 8, size: "max", selector: nameOf }),
  },
);

/** Policies of tiers: none in every third cluster. */
const tierPolicies = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  {
    weight: 2,
    arbitrary: fc.uniqueArray(tierPolicy, { maxLength: 6, size: "max", selector: nameOf }),
  },
);

/** Namespaces, nodes, pods, policies and DNS answers, each name but once. */
export const clusterObjects: fc.Arbitrary<readonly ApiObject[]> = fc.tuple(
  fc.tuple(...nodeNames.map(apiNode)),
  namespaces,
  fc.uniqueArray(apiPod, { maxLength: 12, size: "max", selector: nameOf }),
  policies,
  tierPolicies,
  answers,
).map((lists) => lists.flat());

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
