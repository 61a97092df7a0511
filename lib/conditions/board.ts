// This module is pure.
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import type { Condition } from "../model/condition.ts";
import { compareText } from "../model/object_key.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";
import { policyName } from "../model/policy_name.ts";
import type { ObservedSinks, Sinks } from "../watch/sink.ts";
import type { Agenda } from "./agenda.ts";
import { areSameConditions, conditionsOf } from "./conditions.ts";
import { areRivals } from "./rivals.ts";
import { TierSink } from "./tier_sink.ts";

/** What a policy's status lacks. */
export interface Want {
  /** The policy as it is now. */
  readonly observed: ObservedPolicy;
  /** The conditions that it should have. */
  readonly conditions: readonly Condition[];
}

/** What a board is made with. */
export interface BoardOptions {
  /** Told of the policies as if there were no board. */
  readonly sinks: Pick<Sinks, keyof ObservedSinks>;
  /** Where it notes what is to be looked at. */
  readonly agenda: Agenda;
}

/** The policies of the tiers with their conditions: those that they have, and those they should. */
export class Board {
  /** What a source is to tell. */
  readonly sinks: { readonly [Kind in keyof ObservedSinks]: TierSink };
  readonly #agenda: Agenda;
  /** policy -> the conditions that we were about to write last */
  readonly #attempts = new Map<string, readonly Condition[]>();

  /** It knows nothing until its sinks are told. */
  constructor({ sinks, agenda }: BoardOptions) {
    this.#agenda = agenda;
    const listener = this.#changed.bind(this);
    this.sinks = {
      clusterNetworkPolicies: new TierSink(sinks.clusterNetworkPolicies, listener),
      adminNetworkPolicies: new TierSink(sinks.adminNetworkPolicies, listener),
      baselineAdminNetworkPolicies: new TierSink(sinks.baselineAdminNetworkPolicies, listener),
    };
  }

  /** True once every kind has been told whole: before, nobody knows who the rivals are. */
  get isSynced(): boolean {
    return Object.values(this.sinks).every(({ isSynced }) => isSynced);
  }

  /** What a policy's status lacks; undefined where it lacks nothing, or there is no such policy. */
  wantOf(name: string): Want | undefined {
    const observed = this.#all().find(({ policy }) => policyName(policy) === name);
    if (observed === undefined) return undefined;
    const conditions = conditionsOf(observed, this.#rivalsOf(observed.policy));
    return areSameConditions(conditions, observed.conditions)
      ? undefined
      : { observed, conditions };
  }

  /** These are about to be written: that they stand there then is not somebody else's word. */
  attempt({ observed: { policy }, conditions }: Want): void {
    this.#attempts.set(policyName(policy), conditions);
  }

  /**
   * A changed policy, and those whose rival it became or ceased to be, are looked at soon. But
   * where somebody of another mind has spoken, as an agent of another version does, perhaps on half
   * of all nodes, we yield, and anew each time that it happens: who does not would write in turns
   * with them, for ever.
   */
  #changed(name: string, before?: ObservedPolicy, after?: ObservedPolicy): void {
    const isSame = before !== undefined && after !== undefined && isSameSpec(before, after);
    if (isSame && areSameConditions(before.conditions, after.conditions)) return;
    const isSpokenOf = after !== undefined && (isSame || isAboutItsGeneration(after));
    if (isSpokenOf && this.#isAnothers(name, after)) this.#agenda.late(name);
    else if (!isSame) this.#agenda.soon(name);
    if (after === undefined) this.#attempts.delete(name);
    if (!isSame) this.#rivalryChanged(before, after);
  }

  /** Tells whether the conditions that stand there are not those that we want, or wanted. */
  #isAnothers(name: string, { conditions }: ObservedPolicy): boolean {
    const attempt = this.#attempts.get(name);
    if (attempt !== undefined && areSameConditions(attempt, conditions)) return false;
    return this.wantOf(name) !== undefined;
  }

  #rivalryChanged(before?: ObservedPolicy, after?: ObservedPolicy): void {
    for (const { policy } of this.#all()) {
      if (policy === after?.policy) continue;
      const [was, is] = [before, after].map((own) => own && areRivals(own.policy, policy));
      if (Boolean(was) !== Boolean(is)) this.#agenda.soon(policyName(policy));
    }
  }

  #rivalsOf(own: ClusterNetworkPolicy): readonly string[] {
    return this.#all().filter(({ policy }) => policy !== own && areRivals(own, policy))
      .map(({ policy }) => policyName(policy)).sort(compareText);
  }

  #all(): readonly ObservedPolicy[] {
    return Object.values(this.sinks).flatMap(({ objects }) => [...objects.values()]);
  }
}

/** The server counts the changes of a spec, those too that mean the same. */
function isSameSpec(a: ObservedPolicy, b: ObservedPolicy): boolean {
  return a.generation === b.generation && a.policy === b.policy;
}

/** Tells whether conditions of ours have been written since the spec is what it is. */
function isAboutItsGeneration({ conditions, generation }: ObservedPolicy): boolean {
  return conditions.some(({ observedGeneration }) => observedGeneration === generation);
}
