import { equal, match } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { createShop, letIn, port } from "./shop.ts";

/** An nft that refuses whatever speaks of poison, and is the real one otherwise. */
async function squeamishNft(parent: string): Promise<string> {
  const which = await new Deno.Command("sh", { args: ["-c", "command -v nft"] }).output();
  const real = new TextDecoder().decode(which.stdout).trim();
  const script = `#!/bin/sh
case "$*" in
*-i*) exec sed -u '/poison/s/.*/refuse/' | ${real} -i ;;
*-f*) for script; do :; done
  if grep -q poison "$script"; then echo 'Error: I do not take poison' >&2; exit 1; fi
  exec ${real} "$@" ;;
*) exec ${real} "$@" ;;
esac
`;
  await Deno.mkdir(`${parent}/squeamish`);
  await Deno.writeTextFile(`${parent}/squeamish/nft`, script, { mode: 0o755 });
  return `${parent}/squeamish`;
}

async function isOpen({ lab }: Cluster, from: string, to: string): Promise<boolean> {
  const probe = { from: lab.host(from), to: lab.host(to), protocol: "TCP", port } as const;
  return await lab.traffic.probe(probe) === "open";
}

Deno.test("a policy that the kernel refuses is put in quarantine: its pods are isolated, all others go on", async () => {
  await using cluster = await createShop();
  const folder = await squeamishNft(cluster.lab.network.folder);
  await cluster.startAgents([], { PATH: `${folder}:${Deno.env.get("PATH")}` });
  const agent = cluster.agent("n1");
  const quarantined = (): Promise<number> => agent.metric("hedgerow_quarantined_policies");
  cluster.put(letIn("fine", "api", "guest"));
  await until(
    "the fine policy holds",
    async () => !await isOpen(cluster, "street/thief", "shop/api"),
  );

  cluster.put(letIn("bad", "web", "poison", "guest"));
  await until("it is in quarantine", async () => await quarantined() === 1);
  equal(await isOpen(cluster, "shop/guest", "shop/web"), false, "its pod is isolated");
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
