import * as fc from "fast-check";
import { firstDisagreement, Tally } from "/work/main/tests/fuzz/agreement.ts";
import { fuzzCase } from "/work/main/tests/fuzz/cluster.ts";
const t = new Tally(); const end = Date.now() + 240000; let n = 0;
while (Date.now() < end) {
  const d = fc.check(fc.property(fuzzCase, (f) => { const x = firstDisagreement(f, t); if (x) throw new Error(x); }), { seed: 1000 + n, numRuns: 1000 });
  n++;
  if (d.failed) { console.log(d.seed, (d.errorInstance as Error).message, JSON.stringify(d.counterexample)); break; }
}
console.log(n * 1000, String(t));
