import type { Table } from "./apply/table.ts";
import { timeOfDay } from "./apply/time_of_day.ts";
import { version } from "./cli/version.ts";
import type { ClusterStore } from "./cluster/store.ts";
import type { Writer } from "./conditions/writer.ts";
import type { NameFollower } from "./dns/follower.ts";
import { keyOf } from "./model/object_key.ts";
import type { Reconciler } from "./reconcile/reconciler.ts";
import type { BridgeNetfilter } from "./serve/bridge_netfilter.ts";
import type { Sandboxes } from "./serve/sandboxes.ts";
import type { AgentStatus, InterfacesStatus, NamesStatus } from "./serve/status.ts";
import type { Source } from "./watch/source.ts";

/** What an agent is made of, as far as it tells of itself. */
export interface AgentParts {
  /** The node whose pods it polices. */
  readonly nodeName: string;
  /** What it knows of the cluster. */
  readonly store: ClusterStore;
  /** Where it knows it from. */
  readonly source: Source;
  /** What writes the conditions of policies; undefined where nobody asked for that. */
  readonly writer: Writer | undefined;
  /** What brings it to the kernel. */
  readonly reconciler: Reconciler;
  /** What is in the kernel. */
  readonly table: Table;
  /** What learns DNS names. */
  readonly follower: NameFollower;
  /** What the CNI plugin told. */
  readonly sandboxes: Sandboxes;
  /** What looks whether pods on bridges are policed. */
  readonly bridges: BridgeNetfilter;
}

type KnownNames = Pick<NamesStatus, "addresses" | "refused" | "refusedAt">;

/** Asks all parts how they fare. */
export function agentStatus(parts: AgentParts): AgentStatus {
  const { nodeName, store, source, writer, reconciler, table, follower, sandboxes, bridges } =
    parts;
  const { repairs, transactions } = table.status;
  return {
    version,
    nodeName,
    isNodeKnown: isNodeKnown(store, nodeName),
    sources: source.status(),
    objects: new Map([
      ["pods", store.pods.size],
      ["namespaces", store.namespaces.size],
      ["nodes", store.nodes.size],
      ["networkpolicies", store.policies.size],
      ["clusternetworkpolicies", store.sinks.clusterNetworkPolicies.objects.size],
      ["adminnetworkpolicies", store.sinks.adminNetworkPolicies.objects.size],
      ["baselineadminnetworkpolicies", store.sinks.baselineAdminNetworkPolicies.objects.size],
    ]),
    conditions: writer?.status,
    reconcile: reconciler.status,
    kernel: {
      transactions: { session: transactions.bySession, spawn: transactions.bySpawn },
      sessionRestarts: transactions.session.losses,
      retries: table.status.retries,
      replacements: table.status.replaced,
      drift: new Map(Object.entries(repairs)),
    },
    sandboxes: sandboxes.counts,
    interfaces: interfacesStatus(store),
    bridges: bridges.status,
    names: { ...follower.status, ...knownNames(store) },
  };
}

function knownNames({ names, refusedNames: { count, lastAt } }: ClusterStore): KnownNames {
  return {
    addresses: [...names.values()].reduce((sum, { current }) => sum + current.size, 0),
    refused: count,
    refusedAt: lastAt === undefined ? undefined : performance.now() - (timeOfDay() - lastAt),
  };
}

function interfacesStatus(store: ClusterStore): InterfacesStatus {
  const { interfaces, podsWithoutInterface: unknown, antiSpoof } = store;
  const routed = interfaces.filter(({ bridge }) => bridge === "").length;
  return { routed, ports: interfaces.length - routed, unknown, antiSpoof };
}

/** Where there is no Node at all, as in manifests, nothing can be said. */
export function isNodeKnown({ nodes }: ClusterStore, nodeName: string): boolean {
  return nodes.size === 0 || nodes.has(keyOf({ name: nodeName }));
}
