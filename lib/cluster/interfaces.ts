// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import { compareText } from "../model/object_key.ts";
import type { PodInterface } from "../model/pod_interface.ts";
import type { Endpoints } from "./endpoints.ts";

/** Whose addresses are. */
export interface Owned {
  /** address -> the pod that owns it. */
  readonly owners: ReadonlyMap<IpAddress, Pod>;
  /** address -> the pod that last owned it, and may still run. */
  readonly departed: ReadonlyMap<IpAddress, Pod>;
}

/**
 * The host's ends of pods' interfaces, by name. A name is that of the latest who was announced with
 * it: whoever had it before is gone, and only his DEL is missing.
 */
export function interfacesOf(endpoints: Endpoints, owned: Owned): readonly PodInterface[] {
  const byName = new Map<string, PodInterface>();
  for (const endpoint of endpoints.byKey.values()) {
    const pod = endpoints.podOf(endpoint);
    if (endpoint.hostInterface === "" || pod === undefined) continue;
    const { hostInterface: name, bridge, podNamespace, podName } = endpoint;
    const addresses = endpoints.addressesOf(endpoint).filter((address) =>
      (owned.owners.get(address) ?? owned.departed.get(address)) === pod
    );
    const { allowedSources } = pod;
    byName.set(name, {
      ...{ name, bridge, podNamespace, podName, allowedSources },
      addresses: [...addresses].sort(compareText),
    });
  }
  return [...byName.values()].sort((a, b) => compareText(a.name, b.name));
}
