// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import { selects } from "../model/labels.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import type { ObjectKey } from "../model/object_key.ts";
import { isSame } from "../model/same.ts";
import type { Touched } from "../model/touched.ts";
import { decide, type Deciding, policyFor } from "./decision.ts";
import { dnsPaths } from "./dns_paths.ts";
import { AddressSets } from "./incremental/address_sets.ts";
import { DnsPods } from "./incremental/dns_pods.ts";
import { EndpointSets } from "./incremental/endpoint_sets.ts";
import { Guards } from "./incremental/guards.ts";
import { IsolatedPods } from "./incremental/isolated_pods.ts";
import { KnownPods } from "./incremental/known_pods.ts";
import { LocalSubjects } from "./incremental/local_subjects.ts";
import { NameSets } from "./incremental/name_sets.ts";
import { PolicyIndex } from "./incremental/policy_index.ts";
import { SelectionIndex } from "./incremental/selection_index.ts";
import type { SetUser } from "./incremental/tier_table.ts";
import { newcomersOf } from "./newcomers.ts";
import { tunnelEndsOf } from "./tunnel_ends.ts";
import type { SetDefinitions } from "./sets.ts";

/**
 * Works out what the pods of a node may send and receive, from what it knows of the state before:
 * `translate`, at a cost that follows the change. It says the same to the byte, and what did not
 * change is the same object as before, down to each set, group and pod.
 */
export class Translator {
  readonly #nodeName: string;
  readonly #policies = new PolicyIndex();
  readonly #clusterPolicies = new Map<string, ClusterNetworkPolicy>();
  readonly #subjects: LocalSubjects;
  readonly #isolated = new IsolatedPods();
  readonly #selections = new SelectionIndex();
  readonly #addressSets = new AddressSets(this.#selections);
  readonly #endpointSets = new EndpointSets(this.#selections);
  readonly #nameSets = new NameSets();
  readonly #dnsPods = new DnsPods();
  readonly #guards = new Guards();
  readonly #knownPods = new KnownPods();
  #tunnelEnds: NodePolicy["tunnelEnds"];
  #seenNewcomers: ClusterState["newcomers"] | undefined;
  #policy: NodePolicy | undefined;

  /** It knows of nothing yet. */
  constructor(nodeName: string) {
    this.#nodeName = nodeName;
    this.#subjects = new LocalSubjects(nodeName);
  }

  /**
   * What a state comes to.
   *
   * @param touched What may be otherwise than at the last call; undefined at the first one.
   */
  translate(state: ClusterState, touched?: Touched): NodePolicy {
    this.#touch(touched ?? everythingIn(state), state);
    this.#settle(state);
    return this.#answer(state);
  }

  #touch(touched: AnyTouched, state: ClusterState): void {
    for (const name of touched.namespaces) this.#touchNamespace(name, state);
    for (const [address, before] of touched.addresses) this.#touchAddress(address, before, state);
    const haveNodesChanged = !isEmpty(touched.nodes);
    if (haveNodesChanged) this.#addressSets.nodesChanged(state);
    if (haveNodesChanged || this.#policy === undefined) this.#touchTunnelEnds(state);
    this.#isolated.change(this.#subjects.take());
    for (const key of touched.policies) this.#touchPolicy(key, state);
    for (const name of touched.clusterPolicies) this.#touchClusterPolicy(name, state);
    for (const name of touched.names) this.#nameSets.touch(name, state);
    for (const key of touched.pods) this.#dnsPods.touch(key, state);
  }

  #touchTunnelEnds(state: ClusterState): void {
    const ends = tunnelEndsOf(state);
    if (!isSame(this.#tunnelEnds, ends)) this.#tunnelEnds = ends;
  }

  #touchNamespace(name: string, state: ClusterState): void {
    this.#selections.namespaceChanged(name, state);
    this.#isolated.doubt((pod) => pod.namespace === name);
  }

  #touchAddress(address: IpAddress, before: Pod | undefined, state: ClusterState): void {
    const after = state.owners.get(address);
    this.#selections.ownerChanged(address, before, after);
    this.#endpointSets.ownerChanged(address, before, after);
    this.#subjects.touch(address, state);
    this.#dnsPods.ownerChanged(address);
    this.#knownPods.touch(address, state);
  }

  #touchPolicy(key: ObjectKey, { policies }: ClusterState): void {
    const after = policies.get(key);
    const before = this.#policies.set(key, after);
    const both = [before, after].filter((policy) => policy !== undefined);
    this.#isolated.doubt((pod) =>
      both.some(({ namespace, podSelector }) =>
        pod.namespace === namespace && selects(podSelector, pod.labels)
      )
    );
  }

  #touchClusterPolicy(name: string, state: ClusterState): void {
    const before = this.#clusterPolicies.get(name);
    const after = state.clusterPolicies.get(name);
    if (after === undefined) this.#clusterPolicies.delete(name);
    else this.#clusterPolicies.set(name, after);
    const policies = [before, after].filter((policy) => policy !== undefined);
    this.#isolated.doubt((pod) =>
      policies.some((policy) => policyFor(pod, policy, state) !== undefined)
    );
  }

  #settle(state: ClusterState): void {
    const { namespaces, clusterPolicies } = state;
    const sets: SetUser = {
      acquire: (definitions) => this.#acquire(definitions, state),
      release: (definitions) => this.#release(definitions),
    };
    this.#isolated.settle((subject, direction) => {
      const policies = this.#policies.in(subject.pod.namespace);
      const deciding: Deciding = { namespaces, policies, clusterPolicies };
      return decide(subject, direction, deciding);
    }, sets);
    this.#addressSets.settle(state);
    this.#endpointSets.settle(state);
    this.#nameSets.settle();
  }

  #acquire({ addresses, endpoints, names }: SetDefinitions, state: ClusterState): void {
    for (const [key, steps] of addresses) this.#addressSets.acquire(key, steps, state);
    for (const [key, steps] of endpoints) this.#endpointSets.acquire(key, steps);
    for (const [key, domains] of names) this.#nameSets.acquire(key, domains, state);
  }

  #release({ addresses, endpoints, names }: SetDefinitions): void {
    for (const key of addresses.keys()) this.#addressSets.release(key);
    for (const key of endpoints.keys()) this.#endpointSets.release(key);
    for (const key of names.keys()) this.#nameSets.release(key);
  }

  /** The same object as before where nothing in it is another. */
  #answer(state: ClusterState): NodePolicy {
    const { pods, groups } = this.#isolated;
    const policy: NodePolicy = {
      ...{ nodeName: this.#nodeName, pods, groups },
      addressSets: this.#addressSets.list,
      endpointSets: this.#endpointSets.list,
      nameSets: this.#nameSets.list,
      podRange: this.#knownPods.of(state),
      watches: state.hasSandboxes,
      checksSources: state.checksSources,
      newcomers: this.#newcomers(state),
      dns: this.#dns({ pods, groups }, state),
      guards: this.#guards.of(state, pods),
      tunnelEnds: this.#tunnelEnds,
    };
    const before = this.#policy;
    if (before === undefined || !isSameIn(before, policy)) this.#policy = policy;
    return this.#policy ?? policy;
  }

  #newcomers(state: ClusterState): NodePolicy["newcomers"] {
    const before = this.#policy?.newcomers;
    if (before !== undefined && state.newcomers === this.#seenNewcomers) return before;
    this.#seenNewcomers = state.newcomers;
    const newcomers = newcomersOf(state);
    return before !== undefined && isSame(before, newcomers) ? before : newcomers;
  }

  #dns(
    { pods, groups }: Pick<NodePolicy, "pods" | "groups">,
    { owners, dnsResolvers }: ClusterState,
  ): NodePolicy["dns"] {
    if (this.#nameSets.list.length === 0) return undefined;
    const before = this.#policy;
    const hasChanged = this.#dnsPods.takeChanged();
    if (!hasChanged && before?.pods === pods && before.groups === groups) return before.dns;
    const paths = dnsPaths(
      { pods, groups },
      { owners, dnsResolvers, pods: this.#dnsPods.pods },
    );
    return isSame(before?.dns, paths) ? before?.dns : paths;
  }
}

/** Tells whether the parts of two policies are the same objects. */
function isSameIn(a: NodePolicy, b: NodePolicy): boolean {
  return a.pods === b.pods && a.groups === b.groups && a.addressSets === b.addressSets &&
    a.endpointSets === b.endpointSets && a.nameSets === b.nameSets && a.dns === b.dns &&
    a.guards === b.guards && a.newcomers === b.newcomers && a.podRange === b.podRange &&
    a.watches === b.watches && a.checksSources === b.checksSources && a.tunnelEnds === b.tunnelEnds;
}

/** As `Touched`, of which nobody asks whether something is in it. */
type AnyTouched = { readonly [Kind in keyof Touched]: Iterable<MemberOf<Touched[Kind]>> };
type MemberOf<Collection> = Collection extends Iterable<infer Member> ? Member : never;

/** No lists are made: there may be hundreds of thousands. */
function everythingIn(state: ClusterState): AnyTouched {
  return {
    addresses: allAddresses(state),
    namespaces: state.namespaces.keys(),
    nodes: state.nodes.keys(),
    policies: state.policies.keys(),
    clusterPolicies: state.clusterPolicies.keys(),
    pods: state.pods.keys(),
    names: state.names.keys(),
  };
}

/** Each once. */
function* allAddresses({ owners, departed }: ClusterState): Iterable<[IpAddress, undefined]> {
  for (const address of owners.keys()) yield [address, undefined];
  for (const address of departed.keys()) if (!owners.has(address)) yield [address, undefined];
}

function isEmpty(members: Iterable<unknown>): boolean {
  for (const _ of members) return false;
  return true;
}
