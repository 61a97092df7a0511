import type { ClusterState } from "../model/cluster.ts";
import type { Listing } from "../model/listing.ts";
import type { NodePolicy } from "../model/node_policy.ts";
import { findCulprits } from "./culprits.ts";
import type { Kernel } from "./kernel.ts";
import { type AnyPolicy, policiesOf, type Quarantined, withoutRules } from "./quarantine.ts";

/** Whom an inquiry asks. */
export interface InquiryOptions {
  /** Says what it would take. */
  readonly kernel: Pick<Kernel, "check">;
  /** The table of a state, worked out from the whole. */
  readonly listingOf: (state: ClusterState) => Listing;
}

/** Finds out which policies the kernel refuses: it does not say. */
export class Inquiry {
  readonly #options: InquiryOptions;

  /** Nobody is asked before the first call. */
  constructor(options: InquiryOptions) {
    this.#options = options;
  }

  /** Why the kernel would refuse the table of a state; undefined when it would take it. */
  refusal(state: ClusterState): Promise<Error | undefined> {
    const { kernel, listingOf } = this.#options;
    return kernel.check(listingOf(state));
  }

  /**
   * The policies without whose rules the kernel would take the table of a state: none where it would
   * refuse that, too.
   *
   * @param policy What the state comes to, as far as is known: others have no part in it.
   */
  async culprits(state: ClusterState, policy: NodePolicy): Promise<readonly Quarantined[]> {
    const suspects = suspectsOf(policy, state);
    const names = [...suspects.keys()];
    if (await this.refusal(withoutRules(state, new Set(names))) !== undefined) return [];
    let reason = "";
    const culprits = await findCulprits(names, async (some) => {
      const others = names.filter((name) => !some.includes(name));
      const error = await this.refusal(withoutRules(state, new Set(others)));
      if (error !== undefined) reason = error.message;
      return error === undefined;
    });
    return [...suspects].filter(([name]) => culprits.includes(name))
      .map(([name, policy]) => ({ name, policy, reason }));
  }
}

/** The policies that have a part in a node's table and are not known to be at fault. */
function suspectsOf(
  { groups }: NodePolicy,
  state: ClusterState,
): ReadonlyMap<string, AnyPolicy> {
  const names = new Set(groups.flatMap(({ tiers }) => tiers.flatMap((tier) => tier.policies)));
  return new Map(
    [...policiesOf(state)].filter(([name, { broken }]) => names.has(name) && !broken),
  );
}
