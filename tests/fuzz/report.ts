import * as fc from "fast-check";
import { stringify } from "yaml";
import type { FuzzCase } from "./cluster.ts";

/** The seed of this run: HEDGEROW_FUZZ_SEED, or one by chance. */
export function fuzzSeed(): number {
  const text = Deno.env.get("HEDGEROW_FUZZ_SEED");
  if (text === undefined || text === "") return Math.trunc(Math.random() * 0x7fffffff);
  const seed = Number(text);
  if (!Number.isInteger(seed)) throw new Error(`Cannot fuzz: HEDGEROW_FUZZ_SEED is "${text}"`);
  return seed;
}

/** Prints a line, whatever a test runner does with output. */
export function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

/** Throws with the shrunk counterexample in readable form where a property does not hold. */
export function assertHolds<T>(
  details: fc.RunDetails<[T]>,
  format: (counterexample: T) => string,
): void {
  if (!details.failed) return;
  const { seed, counterexample, counterexamplePath, numRuns, errorInstance } = details;
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  const found = counterexample === null ? "" : format(counterexample[0]);
  throw new Error(
    `Cannot uphold the property: it fails in run ${numRuns} of HEDGEROW_FUZZ_SEED=${seed} ` +
      `(path ${counterexamplePath})\n\n${why}\n\n${found}`,
  );
}

/** Prints a cluster as manifests. */
export function formatCase({ objects, departed }: Pick<FuzzCase, "objects" | "departed">): string {
  const documents = objects.map((object) => stringify(object));
  const gone = departed.map((object) => `# has left the API moments ago\n${stringify(object)}`);
  return [...documents, ...gone].join("---\n");
}
