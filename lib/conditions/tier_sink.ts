// This module is pure.
import { isDeepStrictEqual } from "node:util";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import type { Sink } from "../watch/sink.ts";

/** Hears of each policy that is not what it was; undefined where there was, or is, none. */
export type TierListener = (
  name: string,
  before: ObservedPolicy | undefined,
  after: ObservedPolicy | undefined,
) => void;

/**
 * Stands between a source and the sink of one kind, and knows of each policy what stands in its
 * status. The sink is told of the policies as it would be without it.
 */
export class TierSink implements Sink<ObservedPolicy> {
  readonly #sink: Sink<ClusterNetworkPolicy>;
  readonly #listener: TierListener;
  readonly #objects = new Map<ObjectKey, ObservedPolicy>();
  #isSynced = false;

  /** `sink` is told first, then the listener. */
  constructor(sink: Sink<ClusterNetworkPolicy>, listener: TierListener) {
    this.#sink = sink;
    this.#listener = listener;
  }

  /** name -> policy */
  get objects(): ReadonlyMap<ObjectKey, ObservedPolicy> {
    return this.#objects;
  }

  /** True once the kind has been told whole. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** These are all. */
  replace(objects: readonly ObservedPolicy[], at: number): void {
    const before = new Map(this.#objects);
    const after = objects.map((object) => withSamePolicy(object, before.get(keyOf(object))));
    this.#sink.replace(after.map(({ policy }) => policy), at);
    this.#objects.clear();
    for (const object of after) this.#objects.set(keyOf(object), object);
    this.#isSynced = true;
    for (const object of after) this.#tell(before.get(keyOf(object)), object);
    for (const object of before.values()) {
      if (!this.#objects.has(keyOf(object))) this.#tell(object, undefined);
    }
  }

  /** One is new or has changed; if it is only its status that has, that is no news to the sink. */
  upsert(object: ObservedPolicy, at: number): void {
    const before = this.#objects.get(keyOf(object));
    const after = withSamePolicy(object, before);
    this.#objects.set(keyOf(object), after);
    if (after.policy !== before?.policy) this.#sink.upsert(after.policy, at);
    this.#tell(before, after);
  }

  /** One is gone. */
  remove(object: ObservedPolicy, at: number): void {
    const before = this.#objects.get(keyOf(object));
    this.#objects.delete(keyOf(object));
    this.#sink.remove(object.policy, at);
    this.#tell(before, undefined);
  }

  #tell(before: ObservedPolicy | undefined, after: ObservedPolicy | undefined): void {
    const { policy } = after ?? before ?? {};
    if (policy !== undefined && before !== after) this.#listener(policyName(policy), before, after);
  }
}

/** What means the same as before is the same policy. */
function withSamePolicy(
  object: ObservedPolicy,
  before: ObservedPolicy | undefined,
): ObservedPolicy {
  if (before === undefined || object === before) return object;
  const isSame = isDeepStrictEqual(before.policy, object.policy);
  return isSame ? { ...object, policy: before.policy } : object;
}
