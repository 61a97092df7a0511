import { type Drift, findDrift } from "../../lib/apply/drift.ts";
import { parseListing } from "../../lib/apply/listing_parser.ts";
import type { TableReading } from "../../lib/apply/table_reading.ts";
import { mainTable, type TableName } from "../../lib/model/table_name.ts";
import type { ClusterState } from "../../lib/model/cluster.ts";
import { listRuleset } from "../../lib/render/listing.ts";
import { portsTable, portsTableName } from "../../lib/render/ports_table.ts";
import { renderRuleset } from "../../lib/render/render.ts";
import { translate } from "../../lib/translate/translate.ts";
import { runTool, ToolError } from "./tool.ts";
import type { Host } from "./topology.ts";

/** Reads a table that an agent keeps in a node's kernel; undefined when there is none. */
export async function readTable(
  node: Host,
  table: TableName = mainTable,
): Promise<TableReading | undefined> {
  try {
    const args = ["-s", "list", "table", ...table.split(" ")];
    return parseListing(await runTool("nft", args, { netns: node.netns }), table);
  } catch (error) {
    if (error instanceof ToolError && error.output.includes("No such file or directory")) {
      return undefined;
    }
    throw error;
  }
}

/** What is otherwise in a node's kernel than a cluster's state wants it; nothing when it agrees. */
export async function kernelDrift(node: Host, state: ClusterState): Promise<readonly Drift[]> {
  const policy = translate(state, node.name);
  const main = findDrift(await readTable(node), listRuleset(renderRuleset(policy)));
  const name = portsTableName;
  const [wanted, found] = [portsTable(policy.guards), await readTable(node, name)];
  if (wanted !== undefined) return [...main, ...findDrift(found, wanted, { name, now: 0 })];
  if (found === undefined) return main;
  return [...main, { kind: "object foreign", text: `table ${name} is foreign` }];
}
