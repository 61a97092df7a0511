import type { Cluster } from "../lab/cluster.ts";
import { runTool } from "../lab/tool.ts";
import { exists } from "../lab/exists.ts";

/** What is still there of a cluster that was taken down: namespaces, agents, their folder, a table. */
export async function leftovers(cluster: Cluster | undefined): Promise<readonly string[]> {
  if (cluster === undefined) return [];
  const { prefix, folder } = cluster.lab.network;
  const namespaces = [...Deno.readDirSync("/run/netns")].map(({ name }) => name);
  const agents = [...cluster.agents].filter(([, agent]) => agent.isRunning);
  const tables = await runTool("nft", ["list", "tables"]);
  return [
    ...namespaces.filter((name) => name.startsWith(prefix)),
    ...agents.map(([node]) => `the agent of ${node}`),
    ...(exists(folder) ? [folder] : []),
    ...(tables.includes("table inet hedgerow") ? ["table inet hedgerow"] : []),
  ];
}
