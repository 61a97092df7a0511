import { equal, match } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import type { ApiObject } from "../../lab/objects.ts";
import { nftScript } from "./nft_script.ts";
import { createShop, letIn, port } from "./shop.ts";

/** An nft that refuses whatever speaks of poison, and is the real one otherwise. */
const squeamish = (real: string): string =>
  `case "$*" in
*-i*)
  while IFS= read -r line; do
    file=\${line#include \\"}
    case "$line" in
    *poison*) echo refuse ;;
    include*) if grep -q poison "\${file%\\"}"; then echo refuse; else echo "$line"; fi ;;
    *) printf '%s\\n' "$line" ;;
    esac
  done | ${real} -i ;;
*-f*) for script; do :; done
  if grep -q poison "$script"; then echo 'Error: I do not take poison' >&2; exit 1; fi
  exec ${real} "$@" ;;
*) exec ${real} "$@" ;;
esac
`;

/** A policy of the Admin tier about the web: what comes in from pods with one of these labels. */
function tiered(name: string, action: string, ...apps: readonly string[]): ApiObject {
  const pods = (app: string): object => ({
    pods: { namespaceSelector: {}, podSelector: { matchLabels: { app } } },
  });
  const ingress = [{ action, from: apps.map(pods) }];
  return {
    apiVersion: "policy.networking.k8s.io/v1alpha2",
    kind: "ClusterNetworkPolicy",
    metadata: { name },
    spec: { tier: "Admin", priority: 10, subject: pods("web"), ingress },
  };
}

async function isOpen({ lab }: Cluster, from: string, to: string): Promise<boolean> {
  const probe = { from: lab.host(from), to: lab.host(to), protocol: "TCP", port } as const;
  return await lab.traffic.probe(probe) === "open";
}

Deno.test("a policy that the kernel refuses is put in quarantine: its pods are isolated, all others go on", async () => {
  await using cluster = await createShop();
  const PATH = await nftScript(`${cluster.lab.network.folder}/squeamish`, squeamish);
  await cluster.startAgents([], { PATH });
  const agent = cluster.agent("n1");
  const quarantined = (): Promise<number> => agent.metric("hedgerow_quarantined_policies");
  cluster.put(letIn("fine", "api", "guest"));
  await until(
    "the fine policy holds",
    async () => !await isOpen(cluster, "street/thief", "shop/api"),
  );

  cluster.put(letIn("bad", "web", "poison", "guest"));
  await until("it is in quarantine", async () => await quarantined() === 1);
  await until("its pod is isolated", async () => !await isOpen(cluster, "shop/guest", "shop/web"));
  match((await agent.get("/readyz")).body, /degraded:\npolicy shop\/bad is in quarantine.*poison/);
  equal((await agent.get("/readyz")).status, 200);

  cluster.put(letIn("fine", "api", "thief"));
  await until("others go on", async () =>
    await isOpen(cluster, "street/thief", "shop/api").then(
      async (open) => !open && !await isOpen(cluster, "shop/guest", "shop/api"),
    ));

  cluster.put(letIn("worse", "web", "poison", "thief"));
  await until("another one joins it", async () => await quarantined() === 2);
  cluster.remove("NetworkPolicy shop/worse");
  await until("and goes without it", async () => await quarantined() === 1);

  cluster.put(letIn("bad", "web", "guest"));
  await until("it is let out when it is changed", async () => await quarantined() === 0);
  await until("and enforced", () => isOpen(cluster, "shop/guest", "shop/web"));
  equal(await isOpen(cluster, "street/thief", "shop/web"), false);
});

Deno.test("a ClusterNetworkPolicy that the kernel refuses is put in quarantine: it denies its pods everything", async () => {
  await using cluster = await createShop();
  const PATH = await nftScript(`${cluster.lab.network.folder}/squeamish`, squeamish);
  cluster.put(tiered("fine", "Deny", "thief"));
  await cluster.startAgents([], { PATH });
  const agent = cluster.agent("n1");
  const isQuarantined = async (count: number): Promise<boolean> =>
    await agent.metric("hedgerow_quarantined_policies") === count;
  equal(await isOpen(cluster, "street/thief", "shop/web"), false);
  equal(await isOpen(cluster, "shop/guest", "shop/web"), true);

  cluster.put(tiered("bad", "Deny", "poison"));
  await until("it is in quarantine", () => isQuarantined(1));
  await until("its pods are closed", async () => !await isOpen(cluster, "shop/guest", "shop/web"));
  equal(await isOpen(cluster, "shop/guest", "shop/api"), true, "no others are");
  equal(await isOpen(cluster, "shop/web", "shop/guest"), true, "nor is the other direction");
  const { status, body } = await agent.get("/readyz");
  equal(status, 200);
  match(body, /degraded:\npolicy cnp:bad is in quarantine.*poison/);
  match(agent.log.join("\n"), /refuses.*cnp:bad/);

  cluster.put(letIn("worse", "api", "poison", "guest"));
  await until("one of the other kind joins it", () => isQuarantined(2));
  await until("its pods are closed", async () => !await isOpen(cluster, "shop/guest", "shop/api"));
  cluster.remove("NetworkPolicy shop/worse");
  cluster.put(tiered("bad", "Deny", "api"));
  await until("it is let out when it is changed", () => isQuarantined(0));
  await until("and enforced", () => isOpen(cluster, "shop/guest", "shop/web"));
  equal(await isOpen(cluster, "street/thief", "shop/web"), false, "the fine policy holds");
});
