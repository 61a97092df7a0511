import assert from "node:assert/strict";
import { mainTable, type TableName } from "../../../lib/model/table_name.ts";
import { nft, runTool } from "../../lab/tool.ts";
import type { Scene } from "./scene.ts";

/** A change of one chain of an agent's table. */
export interface ChainEdit {
  readonly node: string;
  /** Default: the main one. */
  readonly table?: TableName;
  readonly chain: string;
  /** What becomes of its rules, as nft prints them without counters' values. */
  readonly edit: (rules: readonly string[]) => readonly string[];
}

/** Takes one rule out of a chain: the only one that matches. */
export function without(node: string, chain: string, rule: RegExp): ChainEdit {
  return {
    node,
    chain,
    edit: (rules) => {
      const found = rules.filter((text) => rule.test(text));
      assert.equal(found.length, 1, `${chain}: ${rule} is one of\n${rules.join("\n")}`);
      return rules.filter((text) => !rule.test(text));
    },
  };
}

/**
 * Runs something while a chain is not as the agent has made it. The agent stands still meanwhile,
 * and finds the chain as it was when it goes on.
 */
export async function edited(
  scene: Pick<Scene, "host" | "agent">,
  { node, table = mainTable, chain, edit }: ChainEdit,
  run: () => Promise<void>,
): Promise<void> {
  const { netns } = scene.host(node);
  const agent = scene.agent(node);
  agent.signal("SIGSTOP");
  try {
    const rules = await rulesOf(netns, table, chain);
    await nft(netns, refill(table, chain, edit(rules)));
    try {
      await run();
    } finally {
      await nft(netns, refill(table, chain, rules));
    }
  } finally {
    agent.signal("SIGCONT");
  }
}

function refill(table: TableName, chain: string, rules: readonly string[]): string {
  return [
    `flush chain ${table} ${chain}`,
    ...rules.map((rule) => `add rule ${table} ${chain} ${rule}`),
  ].join("\n");
}

async function rulesOf(
  netns: string,
  table: TableName,
  chain: string,
): Promise<readonly string[]> {
  const listed = await runTool("nft", ["-s", "list", "chain", ...table.split(" "), chain], {
    netns,
  });
  return listed.split("\n").filter((line) => line.startsWith("\t\t")).map((line) => line.trim())
    .filter((line) => !/^(type filter hook|comment) /.test(line));
}
