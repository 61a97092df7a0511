import { ok } from "node:assert/strict";
import { delay } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { nftScript } from "./nft_script.ts";
import { besiege } from "./siege.ts";
import { createShop } from "./shop.ts";

/** The process of the kept session: a child of the agent that is an interactive nft. */
async function findSession(cluster: Cluster): Promise<number | undefined> {
  const { pid } = cluster.agent("n1");
  for await (const { name } of Deno.readDir(`/proc/${pid}/task`)) {
    const children = await Deno.readTextFile(`/proc/${pid}/task/${name}/children`).catch(() => "");
    for (const child of children.split(" ").filter((word) => word !== "")) {
      const line = await Deno.readTextFile(`/proc/${child}/cmdline`).catch(() => "");
      if (line.split("\0").includes("-i")) return Number(child);
    }
  }
  return undefined;
}

async function strike(cluster: Cluster, signal: Deno.Signal): Promise<void> {
  const session = await findSession(cluster);
  if (session !== undefined) Deno.kill(session, signal);
}

Deno.test("the nft session killed in the middle of 200 changes: nothing gets through, and it is counted", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  await besiege(cluster, { times: 20, happen: () => strike(cluster, "SIGKILL") });
  ok(await cluster.agent("n1").metric("hedgerow_nft_session_restarts_total") > 5);
});

Deno.test("the nft session stopped in the middle of 200 changes: nothing gets through, and it is counted", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  await besiege(cluster, {
    times: 4,
    happen: async () => {
      await strike(cluster, "SIGSTOP");
      await delay(2500); // some changes meet it, and its deadline goes by
    },
  });
  ok(await cluster.agent("n1").metric("hedgerow_nft_session_restarts_total") > 0);
});

Deno.test("an nft that answers nonsense in the middle of 200 changes: nothing gets through, and it is counted", async () => {
  await using cluster = await createShop();
  const PATH = await nftScript(`${cluster.lab.network.folder}/garbling`, garbling);
  await cluster.startAgents([], { PATH });
  await besiege(cluster, { times: 1, happen: () => Promise.resolve() });
  ok(await cluster.agent("n1").metric("hedgerow_nft_session_restarts_total") > 2);
});

/** An nft whose sessions speak of other things after every twentieth line. */
const garbling = (real: string): string =>
  `[ "$1" = -i ] || exec ${real} "$@"
n=0
while read -r line; do
  n=$((n + 1))
  [ $((n % 20)) -ne 0 ] || echo 'the moon is full' >&2
  printf '%s\\n' "$line"
done | ${real} -i
`;
