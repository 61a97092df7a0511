import { until } from "../lab/clock.ts";
import type { BoundToken } from "./account.ts";
import { Authority } from "./authority.ts";
import { Cluster } from "./cluster.ts";
import { expectOutcomes, settle } from "./outcomes.ts";
import { webForClients } from "./policies.ts";
import { untilHealthy, untilReadyz } from "./readyz.ts";

const denied = { "shop/api -> shop/web": "timeout", "shop/db -> shop/web": "timeout" } as const;
const admitted = { "shop/api -> shop/web": "open", "shop/db -> shop/web": "timeout" } as const;

Deno.test("an agent goes on when the API server's certificate is rotated", async () => {
  await using cluster = await createPoliced();
  const { lab, plane, uplink } = cluster;
  await using agent = await cluster.startAgent("n1");
  await settle(lab, denied);
  await plane.rotateCertificate();
  await uplink.dropConnections();
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role=client"]);
  await settle(lab, admitted, 60_000);

  await plane.kill(); // with the TLS sessions that clients may resume without a certificate
  await plane.restart();
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role-"]);
  await settle(lab, denied, 60_000);
  await untilHealthy(agent);
});

Deno.test("an agent refuses a certificate of another authority, says so, and enforces what it knows", async () => {
  await using cluster = await createPoliced();
  const { lab, plane } = cluster;
  await using agent = await cluster.startAgent("n1");
  await settle(lab, denied);
  await plane.rotateCertificate(await Authority.create());
  await plane.kill();
  await plane.restart();
  await untilReadyz(agent, /^degraded[^]*certificate/i);
  await expectOutcomes(lab, denied);

  await plane.rotateCertificate();
  await admitApi(cluster);
  await settle(lab, admitted, 60_000);
  await untilHealthy(agent);
});

Deno.test("an agent takes up the new token in its file before the old one ends", async () => {
  await using cluster = await createPoliced();
  const { lab, account, uplink } = cluster;
  await using agent = await cluster.startAgent("n1");
  await settle(lab, denied);
  const old = await account.replace();
  await account.revoke(old);
  await untilRefused(cluster, old);
  await uplink.dropConnections();
  await admitApi(cluster);
  await settle(lab, admitted, 60_000);
  await untilHealthy(agent);
});

Deno.test("an agent whose token was revoked enforces what it knows until there is a new one", async () => {
  await using cluster = await createPoliced();
  const { lab, account, uplink } = cluster;
  await using agent = await cluster.startAgent("n1");
  await settle(lab, denied);
  const { current } = account;
  await account.revoke(current);
  await untilRefused(cluster, current);
  await uplink.dropConnections();
  await untilReadyz(agent, /^degraded[^]*401/);
  await expectOutcomes(lab, denied);

  await account.replace();
  await admitApi(cluster);
  await settle(lab, admitted, 60_000);
  await untilHealthy(agent);
});

/** A cluster in which only clients may come to the web, and nobody is one. */
async function createPoliced(): Promise<Cluster> {
  await using stack = new AsyncDisposableStack();
  const cluster = stack.use(await Cluster.create());
  await cluster.plane.kubectl.run(["apply", "-f", "-"], webForClients);
  stack.move();
  return cluster;
}

async function admitApi({ plane }: Cluster): Promise<void> {
  await plane.kubectl.run(["label", "--namespace=shop", "pod", "api", "role=client"]);
}

/** The API server remembers good tokens for ten seconds. */
async function untilRefused({ plane }: Cluster, { token }: BoundToken): Promise<void> {
  await until("the API server refuses the old token", async () => {
    using client = plane.client({ token });
    return await client.status("/api/v1/pods?limit=1") === 401;
  }, { timeoutMs: 30_000, everyMs: 200 });
}
