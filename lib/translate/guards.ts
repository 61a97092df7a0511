// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { ClusterState } from "../model/cluster.ts";
import type { Guard, IsolatedPod } from "../model/node_policy.ts";
import type { PodInterface } from "../model/pod_interface.ts";

/** What may come in by the interfaces that are known, by their names. */
export function guardsOf(
  { interfaces, antiSpoof }: Pick<ClusterState, "interfaces" | "antiSpoof">,
  pods: readonly IsolatedPod[],
): readonly Guard[] {
  if (interfaces.length === 0) return [];
  const owners = new Map<IpAddress, IsolatedPod>();
  for (const pod of pods) for (const address of pod.addresses) owners.set(address, pod);
  return interfaces.map((link) => guardOf(link, owners, antiSpoof));
}

function guardOf(
  link: PodInterface,
  owners: ReadonlyMap<IpAddress, IsolatedPod>,
  antiSpoof: boolean,
): Guard {
  const { name, bridge, podNamespace, podName, addresses, allowedSources } = link;
  const isOutlived = addresses.length === 0;
  const [pod] = addresses.flatMap((address) => owners.get(address) ?? []);
  return {
    interfaceName: name,
    bridge,
    podName: `${podNamespace}/${podName}`,
    isOutlived,
    sources: antiSpoof ? { addresses, blocks: isOutlived ? [] : allowedSources } : undefined,
    egress: pod?.egress,
    ingress: pod?.ingress,
  };
}
