import { type Drift, findDrift } from "../../lib/apply/drift.ts";
import { parseListing } from "../../lib/apply/listing_parser.ts";
import type { TableReading } from "../../lib/apply/table_reading.ts";
import type { ClusterState } from "../../lib/model/cluster.ts";
import { listRuleset } from "../../lib/render/listing.ts";
import { renderRuleset } from "../../lib/render/render.ts";
import { translate } from "../../lib/translate/translate.ts";
import { runTool, ToolError } from "./tool.ts";
import type { Host } from "./topology.ts";

/** Reads the table that an agent keeps in a node's kernel; undefined when there is none. */
export async function readTable(node: Host): Promise<TableReading | undefined> {
  try {
    const args = ["-s", "list", "table", "inet", "hedgerow"];
    return parseListing(await runTool("nft", args, { netns: node.netns }));
  } catch (error) {
    if (error instanceof ToolError && error.output.includes("No such file or directory")) {
      return undefined;
    }
    throw error;
  }
}

/** What is otherwise in a node's kernel than a cluster's state wants it; nothing when it agrees. */
export async function kernelDrift(node: Host, state: ClusterState): Promise<readonly Drift[]> {
  const wanted = listRuleset(renderRuleset(translate(state, node.name)));
  return findDrift(await readTable(node), wanted);
}
