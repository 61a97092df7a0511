import assert from "node:assert/strict";
import { join } from "node:path";

const tests = join(import.meta.dirname ?? "", "..");

/** Rules of NetworkPolicy: NP-1 to NP-63. */
const lastRule = 63;
/** The corner cases that are not about ClusterNetworkPolicy: 1 to 35. */
const lastCorner = 35;

Deno.test("every rule from NP-1 to the last has a test that is named after it", async () => {
  const names = await testNames(tests);
  const named = new Set(names.flatMap((name) => numbers(name, /NP-(\d+)/g)));
  assert.deepEqual(missing(named, lastRule), []);
  const unknown = [...named].filter((number) => number < 1 || number > lastRule);
  assert.deepEqual(unknown, [], "there are no such rules");
});

Deno.test("every corner case that is not about ClusterNetworkPolicy has a test", async () => {
  const names = await testNames(tests);
  const named = new Set(
    names.flatMap((name) => (/\(corner cases? [\d and]+\)/.exec(name) ?? [""])[0])
      .flatMap((text) => numbers(text, /(\d+)/g)),
  );
  assert.deepEqual(missing(named, lastCorner), []);
});

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
