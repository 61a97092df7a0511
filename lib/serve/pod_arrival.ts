import type { ClusterStore } from "../cluster/store.ts";
import type { Endpoint } from "../model/endpoint.ts";
import { Refusal } from "./refusal.ts";
import { within } from "./within.ts";

/** How long the first sync and then the pod are waited for, in ms. */
const patienceMs = 3000;

/** Where pods arrive. */
export interface Arrivals {
  /** What is known of the cluster. */
  readonly store: ClusterStore;
  /** The node that the pods must be on. */
  readonly nodeName: string;
}

/**
 * Waits for the first sync, and for the watch to bring an endpoint's pod.
 *
 * @throws {Refusal} 503 when that takes too long.
 */
export async function untilArrived(endpoint: Endpoint, arrivals: Arrivals): Promise<void> {
  if (absenceOf(endpoint, arrivals) === undefined) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = arrivals.store.objects.onPodOf(endpoint, () => {
    if (absenceOf(endpoint, arrivals) === undefined) resolve();
  });
  try {
    await within(patienceMs, promise, () => new Refusal(503, absenceOf(endpoint, arrivals) ?? ""));
  } finally {
    end();
  }
}

/** Why nothing can be enforced for an endpoint's pod yet. */
function absenceOf(endpoint: Endpoint, { store, nodeName }: Arrivals): string | undefined {
  const { podNamespace, podName, podUID } = endpoint;
  const name = `pod ${podNamespace}/${podName}${podUID === "" ? "" : ` with uid ${podUID}`}`;
  if (!store.isSynced) return `${name}: the agent has not synced yet`;
  const pod = store.objects.podOf(endpoint);
  if (pod === undefined) return `${name}: the API has none that is live`;
  if (pod.nodeName === nodeName) return undefined;
  return `${name} is on node "${pod.nodeName}", and this is "${nodeName}": see --node-name`;
}
