/** Numbers that look random and come again with the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** The seed of this run: `HEDGEROW_SEED`, or another one each time; printed, so that it can be had again. */
export function seedOfRun(): number {
  const given = Deno.env.get("HEDGEROW_SEED");
  const seed = given === undefined ? crypto.getRandomValues(new Uint32Array(1))[0] ?? 0 : +given;
  Deno.stdout.writeSync(new TextEncoder().encode(`HEDGEROW_SEED=${seed}\n`));
  return seed;
}
