// This module is pure.
import type { ClusterState } from "../../model/cluster.ts";
import { type EndpointStep, portKey, portsOf } from "../endpoint_steps.ts";
import { type NumbersAt, numbersBySteps } from "../endpoints.ts";
import type { PodClass } from "./pod_classes.ts";
import { isWithin, reachOfBlocks } from "./reach.ts";
import type { SelectionIndex } from "./selection_index.ts";

/**
 * Asks the steps once for all pods of a class that declare the same ports: nothing but a block can
 * tell them apart. It holds as long as nothing changes.
 *
 * @param index The selections of all steps are in use there.
 */
export function numbersByClass(
  steps: readonly EndpointStep[],
  index: SelectionIndex,
  state: ClusterState,
): NumbersAt {
  const named = portsOf(steps);
  const ask = numbersBySteps(steps, state);
  const blocks = reachOfBlocks(
    steps.flatMap(({ said: { peers } }) => peers === "all" ? [] : peers.blocks),
  );
  const known = new Map<PodClass, Map<string, readonly number[]>>();
  return (address, pod) => {
    if (!pod.ports.some((port) => named.has(portKey(port)))) return [];
    const podClass = index.classOf(pod);
    if (podClass === undefined || isWithin(blocks, address)) return ask(address, pod);
    const ports = pod.ports.map((declared) => `${portKey(declared)}=${declared.port}`);
    return known.getOrInsertComputed(podClass, () => new Map())
      .getOrInsertComputed(ports.join(), () => ask(address, pod));
  };
}
