import { join } from "node:path";
import type { AgentOptions } from "../../lib/cli/agent_options.ts";
import { parseCommandLine } from "../../lib/cli/options.ts";
import { difference } from "../../lib/render/difference.ts";
import { listRuleset } from "../../lib/render/listing.ts";
import { portsTable, portsTableName } from "../../lib/render/ports_table.ts";
import { renderRuleset } from "../../lib/render/render.ts";
import { translate } from "../../lib/translate/translate.ts";
import type { Listing } from "../../lib/model/listing.ts";
import { decodeObjects, parseManifests, stateOf } from "../unit/state.ts";

const folder = import.meta.dirname ?? "";

/** A small cluster, and the script that loads what the agent of node-1 makes of it. */
export interface Scenario {
  readonly name: string;
  /** Where its script is kept. */
  readonly path: string;
  readonly listing: Listing;
  /** The table of bridges' ports, where there are any. */
  readonly ports: Listing | undefined;
  /** The one transaction of a full load, and the other table's. */
  readonly script: string;
}

/** Every scenario of this folder, by name. */
export function scenarios(): readonly Scenario[] {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".yaml")).map((name) => name.slice(0, -".yaml".length));
  return names.sort().map(scenario);
}

/** The names of the scripts that are kept. */
export function keptScripts(): readonly string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".nft")).map((name) => name.slice(0, -".nft".length)).sort();
}

function scenario(name: string): Scenario {
  const documents = parseManifests(Deno.readTextFileSync(join(folder, `${name}.yaml`)));
  const { podBlocks, denyTunnels } = optionsOf(documents.filter(isFlags));
  const objects = decodeObjects(documents.filter((document) => !isFlags(document)));
  const state = stateOf({ ...objects, podBlocks, denyTunnels }, "node-1");
  const policy = translate(state, "node-1");
  const listing = listRuleset(renderRuleset(policy));
  const ports = portsTable(policy.guards);
  const transactions = [
    ...difference(undefined, listing),
    ...(ports === undefined ? [] : difference(undefined, ports, portsTableName)),
  ];
  const script = transactions.map((transaction) => `${transaction.join("\n")}\n`).join("\n");
  return { name, path: join(folder, `${name}.nft`), listing, ports, script };
}

/** The flags that an agent is started with, as `{ kind: Flags, flags: [--deny-tunnels] }`. */
interface Flags {
  readonly kind: "Flags";
  readonly flags: readonly string[];
}

function isFlags(document: unknown): document is Flags {
  return (document as Partial<Flags>).kind === "Flags";
}

function optionsOf(documents: readonly Flags[]): AgentOptions {
  const args = ["agent", ...documents.flatMap(({ flags }) => flags)];
  const request = parseCommandLine(args, { env: () => undefined, hostName: () => "node-1" });
  if (request.command !== "agent") throw new Error("Cannot take these flags: no agent has them");
  return request.options;
}
