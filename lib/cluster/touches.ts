// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import type { ObjectKey } from "../model/object_key.ts";
import type { Touched } from "../model/touched.ts";

/** Gathers what is touched between two looks at the state. */
export class Touches {
  #touched = nothing();
  /** Before the first look there is nothing to remember: all is new. */
  #isLookedAt = false;

  /** An address is about to change hands, or not: to be told before it does. */
  address(address: IpAddress, owner: Pod | undefined): void {
    const { addresses } = this.#touched;
    if (this.#isLookedAt && !addresses.has(address)) addresses.set(address, owner);
  }

  /** A pod is not what it was. */
  pod(key: ObjectKey): void {
    if (this.#isLookedAt) this.#touched.pods.add(key);
  }

  /** A namespace is not what it was. */
  namespace(name: string): void {
    if (this.#isLookedAt) this.#touched.namespaces.add(name);
  }

  /** A node is not what it was. */
  node(name: string): void {
    if (this.#isLookedAt) this.#touched.nodes.add(name);
  }

  /** A NetworkPolicy is not what it was. */
  policy(key: ObjectKey): void {
    if (this.#isLookedAt) this.#touched.policies.add(key);
  }

  /** A ClusterNetworkPolicy is not what it was. */
  clusterPolicy(name: string): void {
    if (this.#isLookedAt) this.#touched.clusterPolicies.add(name);
  }

  /** Something else is known of a DNS name. */
  name(name: string): void {
    if (this.#isLookedAt) this.#touched.names.add(name);
  }

  /** What was touched since the last call; undefined at the first: everything. */
  take(): Touched | undefined {
    const taken = this.#isLookedAt ? this.#touched : undefined;
    this.#touched = nothing();
    this.#isLookedAt = true;
    return taken;
  }
}

function nothing(): MutableTouched {
  return {
    addresses: new Map(),
    pods: new Set(),
    namespaces: new Set(),
    nodes: new Set(),
    policies: new Set(),
    clusterPolicies: new Set(),
    names: new Set(),
  };
}

type MutableTouched = {
  readonly [Kind in keyof Touched]: Touched[Kind] extends ReadonlySet<infer Name> ? Set<Name>
    : Map<IpAddress, Pod | undefined>;
};
