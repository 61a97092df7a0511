import { ClusterStore } from "../../lib/cluster/store.ts";
import {
  decodeAdminNetworkPolicy,
  decodeBaselineAdminNetworkPolicy,
} from "../../lib/decode/admin_network_policy.ts";
import { decodeClusterNetworkPolicy } from "../../lib/decode/cluster_network_policy.ts";
import { decodeNamespace } from "../../lib/decode/namespace.ts";
import { decodeNetworkPolicy } from "../../lib/decode/network_policy.ts";
import { decodeNode } from "../../lib/decode/node.ts";
import { decodePod } from "../../lib/decode/pod.ts";
import type { Decoded } from "../../lib/decode/decode.ts";
import { evaluateDirection } from "../../lib/evaluate/evaluate.ts";
import type { Flow } from "../../lib/evaluate/flow.ts";
import { familyOf, type IpAddress } from "../../lib/model/address.ts";
import type { Sink } from "../../lib/watch/sink.ts";
import { type ApiObject, objectName } from "./objects.ts";
import { addressOf, type Host } from "./topology.ts";
import type { ProbeProtocol } from "./traffic_calls.ts";

/** A connection between hosts, of which it is asked whether policies allow it. */
export interface Question {
  readonly from: Host;
  /** An address of the host at the other end, after translation. */
  readonly to: IpAddress;
  readonly protocol: ProbeProtocol;
  readonly port: number;
}

/**
 * Says what the objects that the API has mean for packets, by the specification as a plain
 * function. It has a store for each node, as each agent has one: what a pod leaves behind when it
 * goes is known on its own node only.
 */
export class Oracle {
  readonly #stores: ReadonlyMap<string, ClusterStore>;

  constructor(nodes: readonly string[]) {
    const now = (): number => performance.now();
    this.#stores = new Map(
      nodes.map((nodeName) => [nodeName, new ClusterStore({ nodeName, now })]),
    );
    const none = performance.now();
    for (const { sinks } of this.#stores.values()) {
      for (const sink of Object.values(sinks)) sink.replace([], none);
    }
  }

  /** What an agent on the node must know. */
  store(node: string): ClusterStore {
    const store = this.#stores.get(node);
    if (store === undefined) throw new Error(`Cannot find the store of node ${node}`);
    store.expire();
    return store;
  }

  /** Takes an object in, new or changed; one with an issue is an error of the test. */
  put(object: ApiObject): void {
    for (const store of this.#stores.values()) change(store, object, "upsert");
  }

  /** Takes an object out. */
  remove(object: ApiObject): void {
    for (const store of this.#stores.values()) change(store, object, "remove");
  }

  /** Whether policies allow it at both ends (NP-8). */
  allows({ from, to, protocol, port }: Question): boolean {
    if (from.addresses.includes(to)) return true; // NP-48: it never leaves the pod
    const flow: Flow = {
      source: addressOf(from, familyOf(to)),
      destination: to,
      transport: protocol === "ICMP" ? { protocol: "other" } : { protocol, port },
      senderNode: from.kind === "node" ? from.name : undefined,
    };
    return evaluateDirection(this.#near(flow.source), flow, "egress").allowed &&
      evaluateDirection(this.#near(to), flow, "ingress").allowed;
  }

  /** The store of the node that an address's pod is on; any, for an address that is no pod's. */
  #near(address: IpAddress): ClusterStore {
    const stores = [...this.#stores.values()];
    const local = stores.find((store) => store.departed.has(address)) ?? stores[0];
    if (local === undefined) throw new Error("Cannot judge packets: the cluster has no nodes");
    return local;
  }
}

function change({ sinks }: ClusterStore, object: ApiObject, how: "upsert" | "remove"): void {
  switch (object.kind) {
    case "Pod":
      return tell(sinks.pods, decodePod(object), { object, how });
    case "Namespace":
      return tell(sinks.namespaces, decodeNamespace(object), { object, how });
    case "Node":
      return tell(sinks.nodes, decodeNode(object), { object, how });
    case "NetworkPolicy":
      return tell(sinks.policies, decodeNetworkPolicy(object), { object, how });
    case "ClusterNetworkPolicy":
      return tell(sinks.clusterNetworkPolicies, decodeClusterNetworkPolicy(object), {
        ...{ object, how },
      });
    case "AdminNetworkPolicy":
      return tell(sinks.adminNetworkPolicies, decodeAdminNetworkPolicy(object), { object, how });
    case "BaselineAdminNetworkPolicy":
      return tell(sinks.baselineAdminNetworkPolicies, decodeBaselineAdminNetworkPolicy(object), {
        ...{ object, how },
      });
    default:
      throw new Error(`Cannot judge by ${objectName(object)}: not a kind that policies look at`);
  }
}

function tell<T>(
  sink: Sink<T>,
  decoded: Decoded<T>,
  { object, how }: { readonly object: ApiObject; readonly how: "upsert" | "remove" },
): void {
  if (decoded.object === undefined) throw new Error(`Cannot name ${objectName(object)}`);
  sink[how](decoded.object, performance.now());
}
