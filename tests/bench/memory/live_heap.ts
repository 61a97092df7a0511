import { Dialogue } from "../agent/dialogue.ts";
import { startProgram } from "../agent/site.ts";

/** Where an agent with `inspected` can be looked into. */
const address = "127.0.0.1:9229";
const program = new URL("heap_program.ts", import.meta.url).pathname;

/** Flags of `deno run` for an agent that is to be looked into. */
export const inspected = [`--inspect=${address}`];

/** The heap of an agent that runs with `inspected`. */
export class LiveHeap implements AsyncDisposable {
  readonly #program: Dialogue;

  /** The agent must run in that network namespace, and must have begun to. */
  constructor(netns: string) {
    this.#program = startProgram(netns, [program, address]);
  }

  /** How many objects it holds when all garbage is collected, functions, arrays and maps included. */
  async objects(): Promise<number> {
    return Number(await this.#program.ask("objects"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
