import { parseArgs } from "node:util";

/** What can be measured, in the order of the table. */
export const suites = [
  "agent",
  "translation",
  "withdrawal",
  "evaluation",
  "traffic",
  "cni",
] as const;

/** A part of the table. */
export type Suite = typeof suites[number];

/** What the command line asks for. */
export interface BenchOptions {
  /** In under a minute: smaller clusters, fewer rounds. */
  readonly quick: boolean;
  /** Where the figures are written as JSON, too. */
  readonly json: string | undefined;
  /** Not empty. */
  readonly suites: readonly Suite[];
  readonly seed: number;
}

/** For people who asked for something else. */
export const usage = `usage: deno task bench [--quick] [--json FILE] [--seed N] [SUITE…]
  SUITE: ${suites.join(", ")}; default all`;

/** Reads the command line; throws a TypeError that says what is wrong with it. */
export function parseOptions(args: readonly string[]): BenchOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: "boolean", default: false },
      json: { type: "string" },
      seed: { type: "string", default: "1" },
    },
  });
  const asked = positionals.map(parseSuite);
  return {
    ...{ quick: values.quick, json: values.json },
    suites: asked.length > 0 ? asked : suites,
    seed: parseNumber("--seed", values.seed),
  };
}

function parseNumber(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new TypeError(`${flag} "${text}": it takes a whole number`);
}

function parseSuite(name: string): Suite {
  const suite = suites.find((suite) => suite === name);
  if (suite === undefined) {
    throw new TypeError(`suite "${name}": it is one of ${suites.join(", ")}`);
  }
  return suite;
}
