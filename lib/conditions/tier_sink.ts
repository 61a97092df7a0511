// This module is pure.
import { isDeepStrictEqual } from "node:util";
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import { policyName } from "../model/policy_name.ts";
import type { Sink } from "../watch/sink.ts";

/** Hears of policies and their status. */
export interface TierListener {
  /** A policy is not what it was; undefined where there was, or is, none. */
  changed(name: string, before?: ObservedPolicy, after?: ObservedPolicy): void;
  /** Any of them may be another. */
  replaced(): void;
}

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
    this.#sink.replace(objects.map(({ policy }) => policy), at);
    this.#objects.clear();
    for (const object of objects) this.#objects.set(keyOf(object), object);
    this.#isSynced = true;
    this.#listener.replaced();
  }

  /** One is new or has changed; if it is only its status that has, that is no news to the sink. */
  upsert(object: ObservedPolicy, at: number): void {
    const before = this.#objects.get(keyOf(object));
    const isNews = !isDeepStrictEqual(before?.policy, object.policy);
    const after = isNews || before === undefined ? object : { ...object, policy: before.policy };
    this.#objects.set(keyOf(object), after);
    if (isNews) this.#sink.upsert(after.policy, at);
    this.#listener.changed(policyName(object.policy), before, after);
  }

  /** One is gone. */
  remove(object: ObservedPolicy, at: number): void {
    const before = this.#objects.get(keyOf(object));
    this.#objects.delete(keyOf(object));
    this.#sink.remove(object.policy, at);
    this.#listener.changed(policyName(object.policy), before, undefined);
  }
}
