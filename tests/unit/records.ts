import { ClusterStore } from "../../lib/cluster/store.ts";
import type { ClusterStoreOptions } from "../../lib/cluster/store_options.ts";
import type { Pod } from "../../lib/model/cluster.ts";

/** A store of the node `here`, and the clock that it looks at. */
export function makeStore(options: Partial<ClusterStoreOptions> = {}): {
  readonly store: ClusterStore;
  readonly clock: { now: number };
} {
  const clock = { now: 0 };
  const store = new ClusterStore({ nodeName: "here", now: () => clock.now, ...options });
  return { store, clock };
}

/** The record of a pod of the shop on the node `here`, without an address where it does not say. */
export function podRecord(name: string, changes: Partial<Pod> = {}): Pod {
  return {
    namespace: "shop",
    name,
    uid: `uid-of-${name}`,
    labels: {},
    nodeName: "here",
    hostNetwork: false,
    ended: false,
    addresses: [],
    ports: [],
    createdAt: 0,
    broken: false,
    allowedSources: [],
    ...changes,
  };
}
