import { outcomes } from "../conditions/outcome.ts";
import { readiness } from "./health.ts";
import type { AgentStatus } from "./status.ts";

/** A value and its labels. */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number];

/** A metric that is read from the status when it is asked for. */
export interface Reading {
  /** As Prometheus knows it. */
  readonly name: string;
  /** What it says, in a sentence. */
  readonly help: string;
  /** The names of its labels. */
  readonly labels: readonly string[];
  /** Its values now: labels and value. */
  readonly read: (status: AgentStatus) => Iterable<Sample>;
}

/** What only grows. */
export const counters: readonly Reading[] = [
  {
    name: "hedgerow_passes_total",
    help: "Passes by result.",
    labels: ["result"],
    read: ({ reconcile }) => [
      [{ result: "applied" }, reconcile.passes],
      [{ result: "failed" }, reconcile.failures],
    ],
  },
  {
    name: "hedgerow_nft_transactions_total",
    help: "Transactions by way: the kept session, or a process of their own.",
    labels: ["way"],
    read: ({ kernel }) => [
      [{ way: "session" }, kernel.transactions.session],
      [{ way: "spawn" }, kernel.transactions.spawn],
    ],
  },
  {
    name: "hedgerow_nft_session_restarts_total",
    help: "How often the kept nft session was lost and replaced.",
    labels: [],
    read: ({ kernel }) => [[{}, kernel.sessionRestarts]],
  },
  {
    name: "hedgerow_nft_retries_total",
    help: "Transactions that nft refused or garbled, and that were tried another way.",
    labels: [],
    read: ({ kernel }) => [[{}, kernel.retries]],
  },
  {
    name: "hedgerow_table_replacements_total",
    help: "How often the table could not be changed in place and was replaced.",
    labels: [],
    read: ({ kernel }) => [[{}, kernel.replacements]],
  },
  {
    name: "hedgerow_drift_repaired_total",
    help: "What somebody else had changed in the table and was mended, by kind.",
    labels: ["kind"],
    read: ({ kernel }) => [...kernel.drift].map(([kind, count]) => [{ kind }, count]),
  },
  {
    name: "hedgerow_dns_answers_total",
    help: "DNS answers on their way to pods, by what became of them.",
    labels: ["result"],
    read: ({ names: { held } }) => [
      [{ result: "held" }, held.held],
      [{ result: "passed" }, held.passed],
      [{ result: "refused" }, held.refused],
    ],
  },
  {
    name: "hedgerow_dns_lookups_total",
    help: "Lookups of exact names in rules, by result.",
    labels: ["result"],
    read: ({ names: { lookups } }) => [
      [{ result: "answered" }, lookups.answered],
      [{ result: "failed" }, lookups.failed],
    ],
  },
  {
    name: "hedgerow_dns_addresses_refused_total",
    help: "Addresses of names that were not taken, as there were too many.",
    labels: [],
    read: ({ names }) => [[{}, names.refused]],
  },
  {
    name: "hedgerow_status_writes_total",
    help: "Attempts to write the conditions of a policy, by what came of them.",
    labels: ["result"],
    read: ({ conditions }) =>
      outcomes.map((result) => [{ result }, conditions?.writes.get(result) ?? 0]),
  },
  {
    name: "hedgerow_source_lists_total",
    help: "Lists asked for, by kind.",
    labels: ["kind"],
    read: ({ sources }) => sources.map(({ name, lists }) => [{ kind: name }, lists]),
  },
  {
    name: "hedgerow_source_watches_total",
    help: "Watches begun, by kind.",
    labels: ["kind"],
    read: ({ sources }) => sources.map(({ name, watches }) => [{ kind: name }, watches]),
  },
];

/** What is so at the moment. */
export const gauges: readonly Reading[] = [
  {
    name: "hedgerow_build_info",
    help: "Always 1; the version is its label.",
    labels: ["version"],
    read: ({ version }) => [[{ version }, 1]],
  },
  {
    name: "hedgerow_ready",
    help: "1 when the synced state is in the kernel, as /readyz says.",
    labels: [],
    read: (status) => [[{}, Number(readiness(status, performance.now()).isGood)]],
  },
  {
    name: "hedgerow_objects",
    help: "Objects known, by kind.",
    labels: ["kind"],
    read: ({ objects }) => [...objects].map(([kind, count]) => [{ kind }, count]),
  },
  {
    name: "hedgerow_object_issues",
    help: "What could not be understood in objects, by kind.",
    labels: ["kind"],
    read: ({ sources }) => sources.map(({ name, issues }) => [{ kind: name }, issues.length]),
  },
  {
    name: "hedgerow_source_synced",
    help: "1 once a kind has been told whole.",
    labels: ["kind"],
    read: ({ sources }) => sources.map(({ name, isSynced }) => [{ kind: name }, Number(isSynced)]),
  },
  {
    name: "hedgerow_source_staleness_seconds",
    help: "For how long a kind has not been followed; 0 while it is.",
    labels: ["kind"],
    read: ({ sources }) =>
      sources.map(({ name, awaySince }) => [
        { kind: name },
        awaySince === undefined ? 0 : (performance.now() - awaySince) / 1000,
      ]),
  },
  {
    name: "hedgerow_isolated_pods",
    help: "Pods of this node that policies isolate, by direction.",
    labels: ["direction"],
    read: ({ reconcile: { isolated } }) => [
      [{ direction: "ingress" }, isolated.ingress],
      [{ direction: "egress" }, isolated.egress],
    ],
  },
  {
    name: "hedgerow_sandboxes",
    help: "Sandboxes that the CNI plugin announced, by how far they are.",
    labels: ["state"],
    read: ({ sandboxes }) => [...sandboxes].map(([state, count]) => [{ state }, count]),
  },
  {
    name: "hedgerow_pod_interfaces",
    help: "Pods' interfaces on the host, by what is known of them.",
    labels: ["kind"],
    read: ({ interfaces: { routed, ports, unknown } }) => [
      [{ kind: "routed" }, routed],
      [{ kind: "port" }, ports],
      [{ kind: "unknown" }, unknown],
    ],
  },
  {
    name: "hedgerow_bridge_netfilter",
    help: "1 where the kernel shows nftables what bridges pass on, by family.",
    labels: ["family"],
    read: ({ bridges }) =>
      [...bridges.shown].map(([family, isShown]) => [{ family }, Number(isShown)]),
  },
  {
    name: "hedgerow_bridges_unpoliced",
    help: "Families in which pods on bridges are not policed among each other.",
    labels: [],
    read: ({ bridges }) => [[{}, bridges.problems.length]],
  },
  {
    name: "hedgerow_groups",
    help: "Groups of pods with the same answer, each a chain.",
    labels: [],
    read: ({ reconcile }) => [[{}, reconcile.groups]],
  },
  {
    name: "hedgerow_quarantined_policies",
    help: "Policies that the kernel refuses, and whose pods are isolated for it.",
    labels: [],
    read: ({ reconcile }) => [[{}, reconcile.quarantined.length]],
  },
  {
    name: "hedgerow_priority_ties",
    help: "Sets of policies of one tier and priority about the same pods: their names decide.",
    labels: [],
    read: ({ reconcile }) => [[{}, reconcile.ties.length]],
  },
  {
    name: "hedgerow_dns_addresses",
    help: "Addresses that the names in rules stand for now.",
    labels: [],
    read: ({ names }) => [[{}, names.addresses]],
  },
  {
    name: "process_resident_memory_bytes",
    help: "Resident memory, without the nft session's.",
    labels: [],
    read: () => [[{}, Deno.memoryUsage().rss]],
  },
];
