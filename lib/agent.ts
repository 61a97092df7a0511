import { dirname } from "node:path";
import { getLogger } from "@logtape/logtape";
import { Nft } from "./apply/nft.ts";
import { DropCounts } from "./apply/drop_counts.ts";
import { DnsTables } from "./apply/dns_tables.ts";
import { Table } from "./apply/table.ts";
import { Tables } from "./apply/tables.ts";
import { timeOfDay } from "./apply/time_of_day.ts";
import { Transactor } from "./apply/transactor.ts";
import { configureLogging } from "./cli/logging.ts";
import type { AgentOptions } from "./cli/agent_options.ts";
import { openSource } from "./agent_source.ts";
import { agentStatus, isNodeKnown } from "./agent_status.ts";
import { version } from "./cli/version.ts";
import { ClusterStore } from "./cluster/store.ts";
import { Writer } from "./conditions/writer.ts";
import { NameFollower } from "./dns/follower.ts";
import { recall, recallUsed } from "./dns/recall.ts";
import { Reconciler } from "./reconcile/reconciler.ts";
import { BridgeNetfilter } from "./serve/bridge_netfilter.ts";
import { makeCniHandler } from "./serve/cni_handler.ts";
import { makeHandler } from "./serve/handler.ts";
import { makeSocketFolder, serveTcp, serveUnix } from "./serve/listen.ts";
import { Lock } from "./serve/lock.ts";
import { Metrics } from "./serve/metrics.ts";
import { Sandboxes } from "./serve/sandboxes.ts";
import { onReload, onTerminate } from "./serve/signals.ts";
import type { AgentStatus } from "./serve/status.ts";
import type { Source } from "./watch/source.ts";

const logger = getLogger(["hedgerow"]);

/** How long an agent waits for the one that it takes over from, in ms. */
const takeoverMs = 30_000;

/** How long an agent waits for what it is in the middle of when it is to end, in ms. */
const endMs = 10_000;

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
    timeOfDay,
    dnsResolvers: options.dnsResolvers,
    antiSpoof: options.antiSpoof,
    podBlocks: options.podBlocks,
    denyTunnels: options.denyTunnels,
  });
  const writer = options.writeStatus ? new Writer({ sinks: store.sinks }) : undefined;
  const source = await openSource(options.source, { sinks: store.sinks, writer });
  const following = source.run(ending.signal);
  const ended = Promise.race([aborted(ending.signal), failure(following)]);
  // The lock is waited for while the source syncs; whatever ends first ends the agent.
  const lock = await Promise.race([takeLock(options.socket), ended]);
  if (lock === undefined) return;
  using _lock = lock;
  const isAfterKill = await nft.clear();
  const { signal } = ending;
  const things = { options, store, source, writer, nft, reloading, signal, isAfterKill };
  const enforcing = enforce(things);
  try {
    await Promise.race([ended, failure(enforcing)]);
  } finally {
    ending.abort();
    // What nft is in the middle of would come through when the next agent has read the table. Where
    // it takes too long its script stays, which tells the next one to read all of it later.
    if (await hasEnded(enforcing, endMs)) await nft.clear();
    else logger.error("Ending while nft is at work: it takes longer than {endMs} ms", { endMs });
  }
}

async function takeLock(socket: string): Promise<Lock> {
  await makeSocketFolder(socket);
  return await Lock.take(beside(socket, ".lock"), takeoverMs);
}

/** What stands beside the socket: `agent.lock` for `agent.sock`. */
function beside(socket: string, suffix: string): string {
  return socket.replace(/(\.sock)?$/, suffix);
}

interface Enforcement {
  readonly options: AgentOptions;
  readonly store: ClusterStore;
  readonly source: Source;
  readonly writer: Writer | undefined;
  readonly nft: Nft;
  /** Dispatches `reload` when the table is to be read back. */
  readonly reloading: EventTarget;
  readonly signal: AbortSignal;
  /** Whether the last agent here was killed. */
  readonly isAfterKill: boolean;
}

async function enforce(enforcement: Enforcement): Promise<void> {
  const { options, store, source, writer, nft, reloading, signal, isAfterKill } = enforcement;
  const { nodeName, selfHealMs } = options;
  const transactor = new Transactor(nft);
  const table = new Table(nft, { transactor });
  await recallNames(table, store);
  const follower = new NameFollower({
    tables: new DnsTables(nft, transactor),
    learn: (answer, enforced) => store.learn(answer, enforced),
    selfHealMs,
  });
  const path = beside(options.socket, ".sandboxes");
  const sandboxes = new Sandboxes({ store, nodeName, path, collectMs: selfHealMs });
  await sandboxes.restore();
  if (signal.aborted) return;
  const bridges = new BridgeNetfilter({
    read: (path) => nft.quote(path),
    bridges: () => bridgesOf(store),
    everyMs: selfHealMs,
  });
  const dropCounts = new DropCounts(nft);
  const metrics = new Metrics({ status: () => status(), drops: () => dropCounts.read() });
  let isTold = false;
  const reconciler = new Reconciler({
    ...{ store, nodeName, selfHealMs, isAfterKill },
    kernel: new Tables(nft, table, transactor),
    observer: {
      applied: (policy) => {
        store.wantNames(policy.nameSets.flatMap(({ names }) => names));
        follower.follow(policy);
      },
      enforced: (trigger, ms) => {
        metrics.enforced(trigger, ms);
        if (!isTold) tellSynced(store, nodeName);
        isTold = true;
      },
    },
  });
  const parts = {
    nodeName,
    store,
    source,
    writer,
    reconciler,
    table,
    follower,
    sandboxes,
    bridges,
  };
  const status = (): AgentStatus => agentStatus(parts);
  const handler = makeHandler({ status, metrics, patienceMs: selfHealMs + turnMs });
  const added = (isEnforced: boolean, ms: number): void => metrics.added(isEnforced, ms);
  const followed = (): Promise<void> => follower.settled();
  await serveUnix(options.socket, makeCniHandler({ sandboxes, followed, added, others: handler }));
  serveTcp(options.listen, handler);
  reloading.addEventListener("reload", () => {
    logger.info("SIGHUP: reading the table back and working everything out anew");
    reconciler.reload();
  });
  await Promise.all([reconciler, follower, sandboxes, bridges].map((part) => part.run(signal)));
  await transactor.close();
}

/** The bridges that pods are ports of, as far as the CNI plugin told. */
function bridgesOf({ endpoints }: ClusterStore): ReadonlySet<string> {
  const names = [...endpoints.values()].map(({ bridge }) => bridge);
  return new Set(names.filter((name) => name !== ""));
}

/** What DNS had told the agent before us is in its table; what cannot be read is learned anew. */
async function recallNames(table: Table, store: ClusterStore): Promise<void> {
  try {
    const listing = await table.read();
    if (listing === undefined) return;
    for (const { name, ...named } of recall(listing, timeOfDay())) store.restoreName(name, named);
    store.restoreUsed(recallUsed(listing));
  } catch (error) {
    logger.warning("Cannot recall the names in the table: {error}", { error });
  }
}

function tellSynced(store: ClusterStore, nodeName: string): void {
  logger.info("Synced and enforced: {pods} pods, {policies} policies", {
    ...{ pods: store.pods.size, policies: store.policies.size + store.clusterPolicies.size },
  });
  if (isNodeKnown(store, nodeName)) return;
  logger.warn("No Node has the name {nodeName}: is it this node's? See --node-name", { nodeName });
}

/** Rejects when a task does; that it ends well says nothing. */
async function failure(task: Promise<void>): Promise<never> {
  await task;
  return await new Promise<never>(() => {});
}

async function aborted(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
}

/** Whether a task ends, well or not, within so many ms. */
function hasEnded(task: Promise<void>, ms: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  setTimeout(resolve, ms, false);
  return Promise.race([promise, Promise.allSettled([task]).then(() => true)]);
}
