import assert from "node:assert/strict";
import { parseAllDocuments } from "yaml";
import type { NameAnswer } from "../../lib/cluster/names.ts";
import { ClusterStore } from "../../lib/cluster/store.ts";
import {
  decodeAdminNetworkPolicy,
  decodeBaselineAdminNetworkPolicy,
} from "../../lib/decode/admin_network_policy.ts";
import { decodeClusterNetworkPolicy } from "../../lib/decode/cluster_network_policy.ts";
import type { Decoded } from "../../lib/decode/decode.ts";
import { decodeEndpoint } from "../../lib/decode/endpoint.ts";
import { decodeNamespace } from "../../lib/decode/namespace.ts";
import { decodeNetworkPolicy } from "../../lib/decode/network_policy.ts";
import { decodeNode } from "../../lib/decode/node.ts";
import { decodePod } from "../../lib/decode/pod.ts";
import type { IpAddress } from "../../lib/model/address.ts";
import type { AddressRange } from "../../lib/model/address_range.ts";
import type { Namespace, Node, Pod } from "../../lib/model/cluster.ts";
import type { ClusterNetworkPolicy } from "../../lib/model/cluster_network_policy.ts";
import type { Endpoint } from "../../lib/model/endpoint.ts";
import type { Issue } from "../../lib/model/issue.ts";
import type { NetworkPolicy } from "../../lib/model/network_policy.ts";

/** What a cluster is made of. */
export interface ClusterObjects {
  readonly namespaces: readonly Namespace[];
  readonly nodes: readonly Node[];
  readonly pods: readonly Pod[];
  readonly policies: readonly NetworkPolicy[];
  readonly clusterNetworkPolicies: readonly ClusterNetworkPolicy[];
  readonly adminNetworkPolicies: readonly ClusterNetworkPolicy[];
  readonly baselineAdminNetworkPolicies: readonly ClusterNetworkPolicy[];
  /** Pods of the node that left the API moments ago. */
  readonly departed: readonly Pod[];
  /** What DNS told moments ago. */
  readonly answers: readonly NameAnswer[];
  /** What the CNI plugin announced. */
  readonly endpoints: readonly Endpoint[];
  /** Resolvers whose answers are believed, beside the cluster's own. */
  readonly dnsResolvers: readonly IpAddress[];
  /** Prefixes in which addresses that are no known pod's are cut off. */
  readonly podBlocks: readonly AddressRange[];
  /** Whether pods may have no tunnels to nodes. */
  readonly denyTunnels: boolean;
  /** What could not be understood of them. */
  readonly issues: readonly Issue[];
}

/** The time of day, in ms since the epoch, at which tests without a clock take place. */
export const timeOfDay = Date.UTC(2026, 0, 1);

/**
 * Decodes objects of the API by their kinds; those of `departed` are pods, and an `Answer` is what
 * DNS told, as `{ kind: Answer, name: example.com, addresses: [192.0.2.1], seconds: 60 }`. An
 * `Endpoint` is what the CNI plugin announced, in the words of the agent's socket.
 */
export function decodeObjects(
  objects: readonly unknown[],
  departed: readonly unknown[] = [],
): ClusterObjects {
  const issues: Issue[] = [];
  const decodeKind = <T>(kind: string, decode: (value: unknown) => Decoded<T>): readonly T[] =>
    objects.filter((object) => kindOf(object) === kind)
      .flatMap((object) => keep(decode(object), issues));
  return {
    namespaces: decodeKind("Namespace", decodeNamespace),
    nodes: decodeKind("Node", decodeNode),
    pods: decodeKind("Pod", decodePod),
    policies: decodeKind("NetworkPolicy", decodeNetworkPolicy),
    clusterNetworkPolicies: decodeKind("ClusterNetworkPolicy", decodeClusterNetworkPolicy),
    adminNetworkPolicies: decodeKind("AdminNetworkPolicy", decodeAdminNetworkPolicy),
    baselineAdminNetworkPolicies: decodeKind(
      "BaselineAdminNetworkPolicy",
      decodeBaselineAdminNetworkPolicy,
    ),
    answers: objects.filter((object) => kindOf(object) === "Answer") as readonly NameAnswer[],
    endpoints: decodeKind("Endpoint", decodeEndpoint),
    dnsResolvers: [],
    podBlocks: [],
    denyTunnels: false,
    departed: departed.flatMap((object) => keep(decodePod(object), issues)),
    issues,
  };
}

/** Reads the documents of a YAML text; throws where it is broken. */
export function parseManifests(text: string): readonly unknown[] {
  return parseAllDocuments(text).map((document): unknown => {
    assert.deepEqual(document.errors, []);
    return document.toJS();
  }).filter((object) => object !== null);
}

/** The state of a cluster as the agent of a node comes to know it. */
export function stateOf(objects: Partial<ClusterObjects>, nodeName: string): ClusterStore {
  const { dnsResolvers = [], podBlocks = [], denyTunnels = false } = objects;
  const store = new ClusterStore({
    ...{ nodeName, dnsResolvers, podBlocks, denyTunnels },
    ...{ now: () => 0, timeOfDay: () => timeOfDay },
  });
  const { sinks } = store;
  sinks.namespaces.replace(objects.namespaces ?? [], 0);
  sinks.nodes.replace(objects.nodes ?? [], 0);
  sinks.policies.replace(objects.policies ?? [], 0);
  sinks.clusterNetworkPolicies.replace(objects.clusterNetworkPolicies ?? [], 0);
  sinks.adminNetworkPolicies.replace(objects.adminNetworkPolicies ?? [], 0);
  sinks.baselineAdminNetworkPolicies.replace(objects.baselineAdminNetworkPolicies ?? [], 0);
  sinks.pods.replace(objects.departed ?? [], 0);
  sinks.pods.replace(objects.pods ?? [], 0);
  for (const answer of objects.answers ?? []) store.learn(answer, () => {});
  for (const endpoint of objects.endpoints ?? []) store.announce(endpoint, () => {});
  return store;
}

function keep<T>(decoded: Decoded<T>, issues: Issue[]): readonly T[] {
  issues.push(...decoded.issues);
  return decoded.object === undefined ? [] : [decoded.object];
}

function kindOf(object: unknown): string {
  const kind = typeof object === "object" && object !== null && "kind" in object
    ? object.kind
    : undefined;
  assert.ok(typeof kind === "string", `an object without kind: ${JSON.stringify(object)}`);
  return kind;
}
