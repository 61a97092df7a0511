// This module is pure.
import type { ClusterState } from "../../model/cluster.ts";
import type { Guard, IsolatedPod } from "../../model/node_policy.ts";
import { isSame } from "../../model/same.ts";
import { guardsOf } from "../guards.ts";

/** `guardsOf`, where it may have another answer than the last time. */
export class Guards {
  #interfaces: ClusterState["interfaces"] = [];
  #pods: readonly IsolatedPod[] = [];
  #guards: readonly Guard[] = [];

  /** What may come in by interfaces: the same list where nothing in it is another. */
  of(state: ClusterState, pods: readonly IsolatedPod[]): readonly Guard[] {
    const { interfaces } = state;
    if (interfaces === this.#interfaces && pods === this.#pods) return this.#guards;
    [this.#interfaces, this.#pods] = [interfaces, pods];
    const before = new Map(this.#guards.map((guard) => [guard.interfaceName, guard]));
    const guards = guardsOf(state, pods).map((guard) => {
      const known = before.get(guard.interfaceName);
      return known !== undefined && isSame(known, guard) ? known : guard;
    });
    const isAsBefore = guards.length === this.#guards.length &&
      guards.every((guard, i) => guard === this.#guards[i]);
    if (!isAsBefore) this.#guards = guards;
    return this.#guards;
  }
}
