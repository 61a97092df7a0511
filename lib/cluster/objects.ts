// This module is pure.
import type { Namespace, Node, Pod } from "../model/cluster.ts";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { NetworkPolicy } from "../model/network_policy.ts";
import { keyOf } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import type { Changes, Trigger } from "./changes.ts";
import { isPodOf, podKeyOf } from "./endpoints.ts";
import { Kind } from "./kind.ts";
import { LocalPods } from "./local_pods.ts";
import { PodListeners } from "./pod_listeners.ts";
import type { Touches } from "./touches.ts";

/** Whose objects they are, and who hears of them. */
export interface ObjectsOptions {
  /** The node whose pods are local. */
  readonly nodeName: string;
  /** Is told of every event that is news. */
  readonly changes: Changes;
  /** Is told of every object that is not what it was. */
  readonly touches: Touches;
  /** Called when a pod is not what it was; undefined where there was, or is, none. */
  readonly podChanged: (before: Pod | undefined, after: Pod | undefined) => void;
  /** Called when every kind has been told whole, for the first time or again. */
  readonly synced: () => void;
}

/** Where the events of each kind go in. */
export interface Sinks {
  /** Of pods of all nodes. */
  readonly pods: Kind<Pod>;
  /** Of namespaces. */
  readonly namespaces: Kind<Namespace>;
  /** Of nodes. */
  readonly nodes: Kind<Node>;
  /** Of NetworkPolicies. */
  readonly policies: Kind<NetworkPolicy>;
  /** Of ClusterNetworkPolicies, in their present version. */
  readonly clusterNetworkPolicies: Kind<ClusterNetworkPolicy>;
  /** Of AdminNetworkPolicies, which say the like. */
  readonly adminNetworkPolicies: Kind<ClusterNetworkPolicy>;
  /** Of BaselineAdminNetworkPolicies, which do so, too. */
  readonly baselineAdminNetworkPolicies: Kind<ClusterNetworkPolicy>;
}

/** What the API says, kind by kind: events go in at the sinks, and come out as state only. */
export class Objects {
  /** The sink of each kind. */
  readonly sinks: Sinks;
  /** The pods of this node that have addresses of their own. */
  readonly localPods: LocalPods;
  readonly #options: ObjectsOptions;
  readonly #clusterPolicies = new Map<string, ClusterNetworkPolicy>();
  readonly #listeners = new PodListeners();

  /** There are none until the sinks are told. */
  constructor(options: ObjectsOptions) {
    this.#options = options;
    this.localPods = new LocalPods(options.nodeName);
    const { touches } = options;
    this.sinks = {
      pods: this.#kind("pod", (before, after) => this.#podChanged(before, after)),
      namespaces: this.#touchedKind("namespace", ({ name }) => touches.namespace(name)),
      nodes: this.#touchedKind("node", ({ name }) => touches.node(name)),
      policies: this.#touchedKind("policy", (policy) => touches.policy(keyOf(policy))),
      clusterNetworkPolicies: this.#clusterPolicyKind(),
      adminNetworkPolicies: this.#clusterPolicyKind(),
      baselineAdminNetworkPolicies: this.#clusterPolicyKind(),
    };
  }

  /** What `policyName` prints -> policy, of all the kinds that reach across namespaces. */
  get clusterPolicies(): ReadonlyMap<string, ClusterNetworkPolicy> {
    return this.#clusterPolicies;
  }

  /** True once every kind has been told whole. */
  get isSynced(): boolean {
    return Object.values(this.sinks).every((kind) => kind.isSynced);
  }

  /** The pod that an endpoint belongs to, while it is live; undefined where it is not known. */
  podOf(endpoint: Endpoint): Pod | undefined {
    const pod = this.sinks.pods.objects.get(podKeyOf(endpoint));
    return pod !== undefined && isPodOf(endpoint, pod) ? pod : undefined;
  }

  /**
   * Calls back whenever `podOf` may have another answer, and when everything has synced.
   *
   * @returns what ends it.
   */
  onPodOf(endpoint: Endpoint, callback: () => void): () => void {
    return this.#listeners.add(podKeyOf(endpoint), callback);
  }

  #kind<T extends Named>(trigger: Trigger, changed: Changed<T>): Kind<T> {
    return new Kind<T>({
      changed,
      event: (at) => this.#options.changes.add(trigger, at),
      synced: (at) => this.#synced(at),
    });
  }

  #touchedKind<T extends Named>(trigger: Trigger, touch: (object: T) => void): Kind<T> {
    return this.#kind<T>(trigger, (before, after) => {
      const object = after ?? before;
      if (object !== undefined) touch(object);
    });
  }

  /** These kinds are one to whoever judges by them. */
  #clusterPolicyKind(): Kind<ClusterNetworkPolicy> {
    return this.#kind<ClusterNetworkPolicy>("policy", (before, after) => {
      if (before !== undefined) this.#setClusterPolicy(policyName(before), undefined);
      if (after !== undefined) this.#setClusterPolicy(policyName(after), after);
    });
  }

  #setClusterPolicy(name: string, policy: ClusterNetworkPolicy | undefined): void {
    this.#options.touches.clusterPolicy(name);
    if (policy === undefined) this.#clusterPolicies.delete(name);
    else this.#clusterPolicies.set(name, policy);
  }

  #podChanged(before: Pod | undefined, after: Pod | undefined): void {
    const pod = after ?? before;
    if (pod === undefined) return;
    const key = keyOf(pod);
    this.#options.touches.pod(key);
    this.localPods.podChanged(before, after);
    this.#options.podChanged(before, after);
    this.#listeners.tell(key);
  }

  #synced(at: number): void {
    if (!this.isSynced) return;
    this.#options.synced();
    this.#options.changes.add("sync", at);
    this.#listeners.tellAll();
  }
}

type Named = { readonly namespace?: string; readonly name: string };
type Changed<T> = (before: T | undefined, after: T | undefined) => void;
