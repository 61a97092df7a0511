import { deepEqual } from "node:assert/strict";
import { type HeldTables, NameFollower } from "../../../lib/dns/follower.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { HeldPaths } from "../../../lib/model/held_paths.ts";
import { until } from "../../lab/clock.ts";

const [a, b, resolver] = ["10.0.1.1", "10.0.1.2", "10.0.9.9"] as IpAddress[] as [
  IpAddress,
  IpAddress,
  IpAddress,
];

/** The kernel's side: what it was told, in order. */
class Kernel implements HeldTables {
  readonly said: string[] = [];
  /** What the next heartbeat waits for. */
  beating: Promise<void> | undefined;

  apply(held: HeldPaths | undefined): Promise<void> {
    this.said.push(`clients ${held?.clients.join(" ") ?? "of nobody"}`);
    return Promise.resolve();
  }

  heal(): Promise<void> {
    return Promise.resolve();
  }

  async beat(): Promise<void> {
    this.said.push("there");
    await this.beating;
  }

  leave(): Promise<void> {
    this.said.push("away");
    return Promise.resolve();
  }
}

/** Runs a follower for as long as a test does, and ends it in order. */
async function following(
  test: (follower: NameFollower, kernel: Kernel) => Promise<void>,
): Promise<Kernel> {
  const kernel = new Kernel();
  const follower = new NameFollower({ tables: kernel, learn: () => false, selfHealMs: 30_000 });
  const ending = new AbortController();
  const running = follower.run(ending.signal);
  try {
    await test(follower, kernel);
  } finally {
    ending.abort();
    await running;
  }
  return kernel;
}

function follow(follower: NameFollower, clients: readonly IpAddress[]): void {
  follower.follow({ dns: { clients, resolvers: [resolver] }, nameSets: [] });
}

Deno.test("CNP-14 a pod that comes while the heartbeat is on its way has its answers held right after", async () => {
  await following(async (follower, kernel) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    kernel.beating = promise;
    follow(follower, [a]);
    await until("a heartbeat is on its way", () => kernel.said.includes("there"));
    follow(follower, [a, b]);
    const settled = follower.settled();
    resolve();
    await settled;
    deepEqual(kernel.said.slice(0, 3), ["clients 10.0.1.1", "there", "clients 10.0.1.1 10.0.1.2"]);
  });
});

Deno.test("CNP-14 an agent that ends says so last, and there is nothing to wait for", async () => {
  const { said } = await following(async (follower, kernel) => {
    follow(follower, [a]);
    await until("it is there", () => kernel.said.includes("there"));
    await follower.settled();
  });
  deepEqual([said[0], said.indexOf("away")], ["clients 10.0.1.1", said.length - 1]);
});
