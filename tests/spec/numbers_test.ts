import assert from "node:assert/strict";
import { join } from "node:path";

const tests = join(import.meta.dirname ?? "", "..");
const spec = import.meta.dirname ?? "";

/** Rules of NetworkPolicy: NP-1 to NP-63. */
const lastRule = 63;
/** Rules of ClusterNetworkPolicy: CNP-1 to CNP-29. */
const lastClusterRule = 29;
/** The corner cases: 1 to 40. */
const lastCorner = 40;

Deno.test("every rule from NP-1 to the last has a test that is named after it", async () => {
  const names = await testNames(tests);
  const named = new Set(names.flatMap((name) => numbers(name, /\bNP-(\d+)/g)));
  assert.deepEqual(missing(named, lastRule), []);
  assert.deepEqual(unknown(named, lastRule), [], "there are no such rules");
});

Deno.test("every rule from CNP-1 to the last has a case in the tables", async () => {
  const names = await testNames(spec);
  const named = new Set(names.flatMap((name) => numbers(name, /\bCNP-(\d+)/g)));
  assert.deepEqual(missing(named, lastClusterRule), []);
  assert.deepEqual(unknown(named, lastClusterRule), [], "there are no such rules");
});

Deno.test("every corner case has a test", async () => {
  const names = await testNames(tests);
  const named = new Set(
    names.flatMap((name) => (/\(corner cases? [\d and]+\)/.exec(name) ?? [""])[0])
      .flatMap((text) => numbers(text, /(\d+)/g)),
  );
  assert.deepEqual(missing(named, lastCorner), []);
});

function unknown(found: ReadonlySet<number>, last: number): readonly number[] {
  return [...found].filter((number) => number < 1 || number > last);
}

function missing(found: ReadonlySet<number>, last: number): readonly number[] {
  return Array.from({ length: last }, (_, i) => i + 1).filter((number) => !found.has(number));
}

function numbers(text: string, pattern: RegExp): readonly number[] {
  return [...text.matchAll(pattern)].map(([, number]) => Number(number));
}

/** The names of all tests and their steps below a folder, as they stand in the source. */
async function testNames(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) names.push(...await testNames(path));
    if (!entry.isFile || !/_test\.ts$/.test(entry.name)) continue;
    const source = await Deno.readTextFile(path);
    for (const [, name] of source.matchAll(/(?:\bDeno\.test|\bt\.step)\(\s*"([^"]+)"/g)) {
      names.push(name ?? "");
    }
  }
  return names;
}
