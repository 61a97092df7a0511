// This module is pure.
import { makeRandom } from "../kernel/agent/random.ts";

/** The same things in an order that only the seed decides (Fisher and Yates). */
export function shuffled<T>(things: readonly T[], seed: number): readonly T[] {
  const random = makeRandom(seed);
  const result = [...things];
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const [a, b] = [result[i], result[j]];
    if (a === undefined || b === undefined) continue;
    result[i] = b;
    result[j] = a;
  }
  return result;
}
