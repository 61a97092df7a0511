/**
 * Finds or builds what the tests of this folder need, so that it is there when they begin: the
 * programs of a control plane, and the client of a container runtime.
 */
import { findCrictl, findPrograms } from "./programs.ts";

const say = (text: string): void => {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
};
await findPrograms(say);
await findCrictl(say);
