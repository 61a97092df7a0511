import { dirname } from "node:path";
import { getLogger } from "@logtape/logtape";
import { Nft } from "./apply/nft.ts";
import { Table } from "./apply/table.ts";
import { configureLogging } from "./cli/logging.ts";
import type { AgentOptions } from "./cli/options.ts";
import { version } from "./cli/version.ts";
import { ClusterStore } from "./cluster/store.ts";
import { keyOf } from "./model/object_key.ts";
import { Reconciler } from "./reconcile/reconciler.ts";
import { makeHandler } from "./serve/handler.ts";
import { makeSocketFolder, serveTcp, serveUnix } from "./serve/listen.ts";
import { Lock } from "./serve/lock.ts";
import { Metrics } from "./serve/metrics.ts";
import { onReload, onTerminate } from "./serve/signals.ts";
import type { AgentStatus } from "./serve/status.ts";
import { openApiSource } from "./watch/api_source.ts";
import type { Sinks } from "./watch/sink.ts";
import { manifestSource, type Source } from "./watch/source.ts";

const logger = getLogger(["hedgerow"]);

/** How long an agent waits for the one that it takes over from, in ms. */
const takeoverMs = 30_000;

/** How long a turn of the loop may take: nft's own deadlines, each rung of the ladder, in ms. */
const turnMs = 120_000;

/**
 * The node agent: follows the cluster, keeps the table, answers health and metrics. It ends by
 * SIGTERM or SIGINT, and leaves the table where it is.
 *
 * @throws {Error} when it cannot begin: no nft, no right, no configuration, no lock, no address.
 */
export async function runAgent(options: AgentOptions): Promise<void> {
  await configureLogging(options);
  const ending = new AbortController();
  onTerminate(() => ending.abort());
  const reloading = new EventTarget(); // heard of from the start: unheard, SIGHUP would end us
  onReload(() => reloading.dispatchEvent(new Event("reload")));
  const nft = new Nft({ folder: dirname(options.socket) });
  const nftVersion = await nft.detect();
  logger.info("hedgerow {version} on node {nodeName}, nft {nftVersion}", {
    ...{ version, nftVersion, nodeName: options.nodeName },
  });
  const store = new ClusterStore({
    nodeName: options.nodeName,
    now: () => performance.now(),
  });
  const source = await openSource(options.source, store.sinks);
  const following = source.run(ending.signal);
  const ended = Promise.race([aborted(ending.signal), failure(following)]);
  // The lock is waited for while the source syncs; whatever ends first ends the agent.
  const lock = await Promise.race([takeLock(options.socket), ended]);
  if (lock === undefined) return;
  using _lock = lock;
  await nft.clear();
  const enforcing = enforce({ options, store, source, nft, reloading, signal: ending.signal });
  await Promise.race([ended, failure(enforcing)]);
}

async function openSource(source: AgentOptions["source"], sinks: Sinks): Promise<Source> {
  switch (source.kind) {
    case "manifests":
      return manifestSource(source.directory, sinks);
    case "kubeconfig":
    case "in-cluster":
      return await openApiSource(source, { sinks });
    default:
      return source satisfies never;
  }
}

async function takeLock(socket: string): Promise<Lock> {
  await makeSocketFolder(socket);
  return await Lock.take(socket.replace(/(\.sock)?$/, ".lock"), takeoverMs);
}

interface Enforcement {
  readonly options: AgentOptions;
  readonly store: ClusterStore;
  readonly source: Source;
  readonly nft: Nft;
  /** Dispatches `reload` when the table is to be read back. */
  readonly reloading: EventTarget;
  readonly signal: AbortSignal;
}

async function enforce(enforcement: Enforcement): Promise<void> {
  const { options, store, source, nft, reloading, signal } = enforcement;
  const { nodeName, selfHealMs } = options;
  const table = new Table(nft);
  const metrics = new Metrics(() => status());
  let isTold = false;
  const reconciler = new Reconciler({
    ...{ store, nodeName, selfHealMs },
    kernel: table,
    observer: {
      applied: ({ nameSets }) => store.wantNames(nameSets.flatMap(({ names }) => names)),
      enforced: (trigger, ms) => {
        metrics.enforced(trigger, ms);
        if (!isTold) tellSynced(store, nodeName);
        isTold = true;
      },
    },
  });
  const status = (): AgentStatus => agentStatus({ nodeName, store, source, reconciler, table });
  const handler = makeHandler({ status, metrics, patienceMs: selfHealMs + turnMs });
  await serveUnix(options.socket, handler);
  serveTcp(options.listen, handler);
  reloading.addEventListener("reload", () => {
    logger.info("SIGHUP: reading the table back and working everything out anew");
    reconciler.reload();
  });
  await reconciler.run(signal);
}

function tellSynced(store: ClusterStore, nodeName: string): void {
  logger.info("Synced and enforced: {pods} pods, {policies} policies", {
    ...{ pods: store.pods.size, policies: store.policies.size + store.clusterPolicies.size },
  });
  if (isNodeKnown(store, nodeName)) return;
  logger.warn("No Node has the name {nodeName}: is it this node's? See --node-name", { nodeName });
}

/** Where there is no Node at all, as in manifests, nothing can be said. */
function isNodeKnown({ nodes }: ClusterStore, nodeName: string): boolean {
  return nodes.size === 0 || nodes.has(keyOf({ name: nodeName }));
}

interface Parts {
  readonly nodeName: string;
  readonly store: ClusterStore;
  readonly source: Source;
  readonly reconciler: Reconciler;
  readonly table: Table;
}

function agentStatus({ nodeName, store, source, reconciler, table }: Parts): AgentStatus {
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
    reconcile: reconciler.status,
    kernel: {
      transactions: { session: transactions.bySession, spawn: transactions.bySpawn },
      sessionRestarts: Math.max(0, transactions.session.starts - 1),
      retries: table.status.retries,
      replacements: table.status.replaced,
      drift: new Map(Object.entries(repairs)),
    },
  };
}

/** Rejects when a task does; that it ends well says nothing. */
async function failure(task: Promise<void>): Promise<never> {
  await task;
  return await new Promise<never>(() => {});
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(undefined)));
}
