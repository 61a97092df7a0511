// This module is pure.
import type { IpAddress } from "../model/address.ts";
import type { Pod } from "../model/cluster.ts";
import { tryParseLegacyAddress } from "./address.ts";
import { allowedSources, decodeAllowedSources } from "./allowed_sources.ts";
import type { Decoded } from "./decode.ts";
import {
  type Fields,
  isFields,
  type Place,
  readBoolean,
  readFields,
  readList,
  readString,
} from "./fields.ts";
import { exact, intern } from "./intern.ts";
import { fieldsOf, itemsOf, type JsonShape, whole } from "./json_shape.ts";
import { decodeIdentity, decodeLabels, decodeTime } from "./metadata.ts";
import { decodeNamedPorts } from "./named_ports.ts";

/** The annotation in which a static pod's mirror has the uid that its kubelet gave it. */
const mirrored = "kubernetes.io/config.mirror";

const container = fieldsOf({ ports: whole, restartPolicy: whole });

/** What `decodePod` looks at, and what tells where in the history the pod stands. */
export const podShape: JsonShape = fieldsOf({
  metadata: fieldsOf({
    ...{ name: whole, namespace: whole, uid: whole, resourceVersion: whole },
    ...{ labels: whole, creationTimestamp: whole },
    annotations: fieldsOf({ [mirrored]: whole, [allowedSources]: whole }),
  }),
  spec: fieldsOf({
    ...{ nodeName: whole, hostNetwork: whole },
    ...{ containers: itemsOf(container), initContainers: itemsOf(container) },
  }),
  status: fieldsOf({ phase: whole, podIP: whole, podIPs: whole }),
});

/**
 * Decodes a Pod (v1): what policies need to know of it. A pod that is being deleted is like any
 * other (NP-54). Where something is not understood, the rest is kept and the pod is broken.
 */
export function decodePod(value: unknown): Decoded<Pod> {
  const identity = decodeIdentity(value, { kind: "Pod", namespaced: true });
  const { report } = identity;
  if (identity.name === undefined || !isFields(value)) {
    return { object: undefined, issues: report.issues };
  }
  const { metadata } = identity;
  const spec = readFields(value.spec, { field: "spec", report });
  const status = readFields(value.status, { field: "status", report });
  const phase = readString(status.phase, { field: "status.phase", report });
  const created = { field: "metadata.creationTimestamp", report };
  // In one piece and in this order, as there are many: `broken` knows of all that stands before it.
  const object: Pod = {
    namespace: intern(identity.namespace),
    name: identity.name,
    uid: mirroredUid(metadata) ?? identity.uid,
    labels: decodeLabels(metadata.labels, { field: "metadata.labels", report }),
    nodeName: intern(readString(spec.nodeName, { field: "spec.nodeName", report })),
    hostNetwork: readBoolean(spec.hostNetwork, { field: "spec.hostNetwork", report }),
    ended: phase === "Succeeded" || phase === "Failed", // NP-53; all others may run (NP-55)
    addresses: decodeAddresses(status, report),
    ports: decodeNamedPorts(spec, report),
    createdAt: decodeTime(metadata.creationTimestamp, created),
    broken: report.size > 0,
    allowedSources: decodeAllowedSources(metadata, report), // not in order: none, and no more
  };
  return { object, issues: report.issues };
}

/** A static pod's kubelet, and so its runtime, knows it by another uid than the API's mirror has. */
function mirroredUid({ annotations }: Fields): string | undefined {
  const uid = isFields(annotations) ? annotations[mirrored] : undefined;
  return typeof uid === "string" ? uid : undefined;
}

const noAddresses: readonly IpAddress[] = [];

/** Both families (NP-60), from `podIPs`, or where that is empty from `podIP`; none yet: NP-56. */
function decodeAddresses(status: Fields, report: Place["report"]): readonly IpAddress[] {
  const entries = readList(status.podIPs, { field: "status.podIPs", report });
  if (entries.length === 0) return addressOf(status.podIP, { field: "status.podIP", report });
  const addresses = entries.flatMap((entry, i) => {
    const field = `status.podIPs[${i}]`;
    if (isFields(entry)) return addressOf(entry.ip, { field: `${field}.ip`, report });
    report.add(field, entry, "an object");
    return noAddresses;
  });
  return exact(addresses.length > 1 ? [...new Set(addresses)] : addresses);
}

function addressOf(value: unknown, { field, report }: Place): readonly IpAddress[] {
  if (value === undefined || value === null || value === "") return noAddresses;
  const address = typeof value === "string" ? tryParseLegacyAddress(value) : undefined;
  if (address !== undefined) return [address];
  report.add(field, value, "an IPv4 or IPv6 address");
  return noAddresses;
}
