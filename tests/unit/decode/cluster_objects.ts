import assert from "node:assert/strict";
import type { Decoded } from "../../../lib/decode/decode.ts";
import { formatRange } from "../../../lib/model/address_value.ts";
import type {
  ClusterNetworkPolicy,
  TierPeer,
  TierProtocol,
  TierRule,
} from "../../../lib/model/cluster_network_policy.ts";
import { formatIssue } from "../../../lib/model/issue.ts";
import { formatSelector } from "../../../lib/model/labels.ts";
import { formatPorts } from "../../../lib/model/port.ts";

/** Decodes something of a kind. */
export type Decode = (value: unknown) => Decoded<ClusterNetworkPolicy>;

/** A ClusterNetworkPolicy as the API sends it; it stands in the Admin tier and is about all pods. */
export function makeClusterPolicy(spec: object = {}): { readonly spec: object } {
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha2", kind: "ClusterNetworkPolicy" },
    ...{ metadata: { name: "web", uid: "uid-of-web" } },
    spec: { tier: "Admin", priority: 10, subject: { namespaces: {} }, ...spec },
  };
}

/** An AdminNetworkPolicy as the API sends it; it is about all pods. */
export function makeAdminPolicy(spec: object = {}): { readonly spec: object } {
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha1", kind: "AdminNetworkPolicy" },
    ...{ metadata: { name: "web", uid: "uid-of-web" } },
    spec: { priority: 10, subject: { namespaces: {} }, ...spec },
  };
}

/** A BaselineAdminNetworkPolicy as the API sends it; it is about all pods. */
export function makeBaselineAdminPolicy(spec: object = {}): { readonly spec: object } {
  return {
    ...{ apiVersion: "policy.networking.k8s.io/v1alpha1", kind: "BaselineAdminNetworkPolicy" },
    ...{ metadata: { name: "default", uid: "uid-of-default" } },
    spec: { subject: { namespaces: {} }, ...spec },
  };
}

/** Decodes what has to be in order. */
export function decodeInOrder(decode: Decode, value: unknown): ClusterNetworkPolicy {
  const { object, issues } = decode(value);
  assert.deepEqual(issues.map(formatIssue), []);
  assert.ok(object !== undefined && !object.broken);
  return object;
}

/** What is told of an object, each issue on its line. */
export function tellOf(decode: Decode, value: unknown): readonly string[] {
  return decode(value).issues.map(formatIssue);
}

/** Prints a rule so that rows can show it: `Accept pods [] app=a to TCP 80`. */
export function printRule({ action, peers, protocols }: TierRule): string {
  const sides = peers.map(printPeer).join(" or ") || "nobody";
  if (protocols === undefined) return `${action} ${sides}`;
  return `${action} ${sides} to ${protocols.map(printProtocol).join(" or ")}`;
}

/** Prints a peer. */
export function printPeer(peer: TierPeer): string {
  switch (peer.kind) {
    case "everyone":
      return "everyone";
    case "pods": {
      const { namespaceSelector, podSelector } = peer;
      return `pods [${formatSelector(namespaceSelector)}] ${formatSelector(podSelector) || "all"}`;
    }
    case "nodes":
      return `nodes ${formatSelector(peer.nodeSelector) || "all"}`;
    case "networks":
      return `networks ${peer.ranges.map(formatRange).join(", ")}`;
    case "domainNames": {
      const names = peer.names.map(({ name, wildcard }) => wildcard ? `*.${name}` : name);
      return `names ${names.join(", ") || "none"}`;
    }
    default:
      return peer satisfies never;
  }
}

function printProtocol(protocol: TierProtocol): string {
  switch (protocol.kind) {
    case "range":
      return `${protocol.protocol} ${formatPorts(protocol.range)}`;
    case "name":
      return `"${protocol.name}"`;
    default:
      return protocol satisfies never;
  }
}
