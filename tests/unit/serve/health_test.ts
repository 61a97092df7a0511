import { deepEqual, equal, match } from "node:assert/strict";
import { tryParseAddress } from "../../../lib/decode/address.ts";
import type { Family, IpAddress } from "../../../lib/model/address.ts";
import type { ReconcileStatus } from "../../../lib/reconcile/status.ts";
import { liveness, readiness } from "../../../lib/serve/health.ts";
import type { AgentStatus, InterfacesStatus, NamesStatus } from "../../../lib/serve/status.ts";
import type { SourceStatus } from "../../../lib/watch/source.ts";

const good: SourceStatus = {
  name: "pods",
  isSynced: true,
  awaySince: undefined,
  problem: undefined,
  issues: [],
  lists: 1,
  watches: 1,
};

interface Draft {
  readonly source?: Partial<SourceStatus>;
  readonly reconcile?: Partial<ReconcileStatus>;
  readonly isNodeKnown?: boolean;
  readonly problems?: readonly string[];
  readonly sandboxes?: number;
  readonly names?: Partial<NamesStatus>;
  readonly interfaces?: Partial<InterfacesStatus>;
  readonly shown?: readonly (readonly [Family, boolean])[];
  readonly unpoliced?: readonly string[];
}

function makeStatus(
  draft: Draft = {},
): AgentStatus {
  const { source = {}, reconcile = {}, isNodeKnown = true, problems = [] } = draft;
  const { sandboxes = 0, shown = [], unpoliced = [] } = draft;
  return {
    version: "0.0.0",
    nodeName: "here",
    ...{ isNodeKnown, conditions: { writes: new Map(), problems } },
    sources: [{ ...good, ...source }],
    objects: new Map(),
    reconcile: {
      hasApplied: true,
      lastError: undefined,
      passes: 1,
      failures: 0,
      lastPassMs: 1,
      turnedAt: 0,
      isolated: { ingress: 0, egress: 0 },
      groups: 0,
      quarantined: [],
      ties: [],
      ...reconcile,
    },
    kernel: {
      transactions: { session: 0, spawn: 0 },
      sessionRestarts: 0,
      retries: 0,
      replacements: 0,
      drift: new Map(),
    },
    sandboxes: new Map([["waiting", 0], ["committed", sandboxes]]),
    interfaces: { routed: 0, ports: 0, unknown: 0, antiSpoof: true, ...draft.interfaces },
    bridges: { shown: new Map(shown), problems: unpoliced },
    names: {
      ...{ addresses: 0, refused: 0, refusedAt: undefined },
      held: { held: 0, passed: 0, refused: 0 },
      lookups: { answered: 0, failed: 0 },
      ...{ paths: undefined, unanswered: [], problem: undefined },
      ...draft.names,
    },
  };
}

function addresses(...texts: readonly string[]): readonly IpAddress[] {
  return texts.map(tryParseAddress).filter((address) => address !== undefined);
}

Deno.test("an agent that enforces what it knows is ready, and says ok", () => {
  deepEqual(readiness(makeStatus(), 0), { isGood: true, lines: ["ok"] });
});

Deno.test("a kind that has not synced makes it unready, and is named with the reason", () => {
  const status = makeStatus({ source: { isSynced: false, problem: "401 Unauthorized" } });
  deepEqual(readiness(status, 0), {
    isGood: false,
    lines: ["pods: not synced: 401 Unauthorized"],
  });
});

Deno.test("synced and nothing in the kernel yet is not ready", () => {
  equal(readiness(makeStatus({ reconcile: { hasApplied: false } }), 0).isGood, false);
});

Deno.test("a pass that could not be applied makes it unready", () => {
  const { isGood, lines } = readiness(makeStatus({ reconcile: { lastError: "no nft" } }), 0);
  equal(isGood, false);
  match(lines.join(), /no nft/);
});

Deno.test("an API server that is away degrades, and does not make it unready", () => {
  const status = makeStatus({ source: { awaySince: 1000, problem: "connection refused" } });
  deepEqual(readiness(status, 3500), {
    isGood: true,
    lines: ["degraded:", "pods: not heard of for 2.5 s: connection refused"],
  });
});

Deno.test("a policy in quarantine, odd objects and an unknown node name degrade it", () => {
  const policy = {
    namespace: "a",
    name: "b",
    uid: "",
    podSelector: [],
    policyTypes: [],
    ingress: [],
    egress: [],
    broken: false,
  };
  const quarantined = [{ name: "a/b", policy, reason: "refused" }];
  const { isGood, lines } = readiness(
    makeStatus({
      source: { issues: ["NetworkPolicy a/c: odd"] },
      reconcile: { quarantined },
      isNodeKnown: false,
    }),
    0,
  );
  equal(isGood, true);
  equal(lines[0], "degraded:");
  match(lines.join("\n"), /a\/c: odd\n.*a\/b.*quarantine.*refused\n.*"here"/);
});

Deno.test("policies that only their names put in order are noted, and degrade nothing", () => {
  const policies = ["cnp:a", "cnp:b"];
  const tie = { tier: "Admin", direction: "ingress", priority: 10, policies } as const;
  const note = "note: cnp:a, cnp:b have the same priority (Admin 10, ingress) " +
    "and are about the same pods: their names decide, in this order";
  const reconcile = { ties: [tie] };
  deepEqual(readiness(makeStatus({ reconcile }), 0), { isGood: true, lines: ["ok", note] });
  const { lines } = readiness(makeStatus({ reconcile, isNodeKnown: false }), 0);
  deepEqual([lines[0], lines.at(-1)], ["degraded:", note]);
});

Deno.test("conditions that cannot be written degrade it, and are no reason to be unready", () => {
  const status = makeStatus({ problems: ["the server forbids it"] });
  deepEqual(readiness(status, 0), {
    isGood: true,
    lines: [
      ...["degraded:", "status.conditions of policies are not written: the server forbids it"],
    ],
  });
});

Deno.test("what DNS told and was too much degrades it for five minutes, and not for ever", () => {
  const status = makeStatus({ names: { refusedAt: 1000 } });
  deepEqual(readiness(status, 3500), {
    isGood: true,
    lines: ["degraded:", "addresses of domain names were too many, the last 2.5 s ago"],
  });
  equal(readiness(status, 300_999).lines[0], "degraded:");
  deepEqual(readiness(status, 301_000).lines, ["ok"]);
});

Deno.test("where rules name domains, what of DNS is not seen is noted", () => {
  const paths = { clients: addresses("10.0.0.1"), resolvers: addresses("10.0.0.2", "10.0.0.3") };
  const [first, note] = readiness(makeStatus({ names: { paths } }), 0).lines;
  equal(first, "ok");
  match(
    note ?? "",
    /^note: .*10\.0\.0\.2, 10\.0\.0\.3 answer by UDP.* TCP, DoT and DoH.* not seen$/,
  );
});

Deno.test("domain names without any resolver, and those that none answers for, degrade it", () => {
  const paths = { clients: addresses("10.0.0.1"), resolvers: [] };
  const [first, line, ...rest] = readiness(makeStatus({ names: { paths } }), 0).lines;
  deepEqual([first, rest], ["degraded:", []]);
  match(line ?? "", /no resolver is known.*k8s-app=kube-dns.*--dns-resolver/);

  const unanswered = Array.from({ length: 12 }, (_, n) => `${n}.example.com`);
  const names = { paths: { ...paths, resolvers: addresses("10.0.0.2") }, unanswered };
  const [, told] = readiness(makeStatus({ names }), 0).lines;
  match(told ?? "", /answers for: 0\.example\.com, .*9\.example\.com and 2 more$/);
});

Deno.test("the loop is alive while it turns within its patience", () => {
  const status = makeStatus({ reconcile: { turnedAt: 1000 } });
  equal(liveness(status, 2000, 1000).isGood, true);
  equal(liveness(status, 2001, 1000).isGood, false);
});

Deno.test("what pods on bridges send each other unseen is told, and does not make it unready", () => {
  const { isGood, lines } = readiness(makeStatus({ unpoliced: ["cni0: unseen"] }), 0);
  deepEqual({ isGood, lines }, { isGood: true, lines: ["degraded:", "cni0: unseen"] });
});

Deno.test("without the CNI plugin it is a note, where there are pods to be policed", () => {
  const shown = [["IPv4", true], ["IPv6", false]] as const;
  const isolated = { ingress: 1, egress: 0 };
  const { lines: [first, note = ""] } = readiness(
    makeStatus({ shown, reconcile: { isolated } }),
    0,
  );
  equal(first, "ok");
  match(note, /^note: pods that are ports of a bridge .*IPv6.*bridge-nf-call-ip6tables=1$/);
  const others: readonly Draft[] = [{ shown }, { shown, reconcile: { isolated }, sandboxes: 1 }];
  for (const draft of others) deepEqual(readiness(makeStatus(draft), 0).lines, ["ok"]);
});

Deno.test("what only interfaces tell is noted where they are not known, or are not to be asked", () => {
  const [, note] = readiness(makeStatus({ interfaces: { routed: 2, unknown: 3 } }), 0).lines;
  match(note ?? "", /^note: 3 pods .* interface .* sources .* link-local/);
  const [first, off] = readiness(makeStatus({ interfaces: { antiSpoof: false } }), 0).lines;
  deepEqual([first, /^note: --anti-spoof=off/.test(off ?? "")], ["ok", true]);
});
