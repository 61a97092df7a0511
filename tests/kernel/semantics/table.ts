import assert from "node:assert/strict";
import { nft, runTool } from "../../lab/tool.ts";
import type { Scene } from "./scene.ts";

/** A change of one chain of an agent's table. */
export interface ChainEdit {
  readonly node: string;
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
  scene: Scene,
  { node, chain, edit }: ChainEdit,
  run: () => Promise<void>,
): Promise<void> {
  const { netns } = scene.host(node);
  const agent = scene.agent(node);
  agent.signal("SIGSTOP");
  try {
    const rules = await rulesOf(netns, chain);
    await nft(netns, refill(chain, edit(rules)));
    try {
      await run();
    } finally {
      await nft(netns, refill(chain, rules));
    }
  } finally {
    agent.signal("SIGCONT");
  }
}

function refill(chain: string, rules: readonly string[]): string {
  return [
    `flush chain inet hedgerow ${chain}`,
    ...rules.map((rule) => `add rule inet hedgerow ${chain} ${rule}`),
  ].join("\n");
}

async function rulesOf(netns: string, chain: string): Promise<readonly string[]> {
  const listed = await runTool("nft", ["-s", "list", "chain", "inet", "hedgerow", chain], {
    netns,
  });
  return listed.split("\n").filter((line) => line.startsWith("\t\t")).map((line) => line.trim())
    .filter((line) => !/^(type filter hook|comment) /.test(line));
}
