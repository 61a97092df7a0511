// This module is pure.
import type { NetworkPolicy } from "../../model/network_policy.ts";
import type { ObjectKey } from "../../model/object_key.ts";

const none: ReadonlyMap<ObjectKey, NetworkPolicy> = new Map();

/** NetworkPolicies by the namespace whose pods they can isolate (NP-1). */
export class PolicyIndex {
  readonly #all = new Map<ObjectKey, NetworkPolicy>();
  readonly #byNamespace = new Map<string, Map<ObjectKey, NetworkPolicy>>();

  /** The policies of a namespace. */
  in(namespace: string): ReadonlyMap<ObjectKey, NetworkPolicy> {
    return this.#byNamespace.get(namespace) ?? none;
  }

  /** Puts a policy where its key says, undefined for none; tells what was there. */
  set(key: ObjectKey, policy: NetworkPolicy | undefined): NetworkPolicy | undefined {
    const before = this.#all.get(key);
    if (before !== undefined) this.#remove(key, before);
    if (policy === undefined) return before;
    const policies = this.#byNamespace.get(policy.namespace) ?? new Map();
    this.#byNamespace.set(policy.namespace, policies.set(key, policy));
    this.#all.set(key, policy);
    return before;
  }

  #remove(key: ObjectKey, { namespace }: NetworkPolicy): void {
    this.#all.delete(key);
    const policies = this.#byNamespace.get(namespace);
    policies?.delete(key);
    if (policies?.size === 0) this.#byNamespace.delete(namespace);
  }
}
