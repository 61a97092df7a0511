import { inNetns } from "./netns.ts";

/** How a tool is run. */
export interface ToolOptions {
  /** The network namespace to run it in; undefined: at home. */
  readonly netns?: string | undefined;
  /** Its whole standard input; default none. */
  readonly input?: string;
}

/** A command of the system that failed. */
export class ToolError extends Error {
  override readonly name = "ToolError";
  /** What it wrote to its standard error. */
  readonly output: string;

  constructor(command: string, code: number, output: string) {
    super(`Cannot run ${command}: exit ${code}: ${output.trim()}`);
    this.output = output;
  }
}

/** Runs a command to its end and gives its standard output; an exit other than 0 is a ToolError. */
export async function runTool(
  command: string,
  args: readonly string[],
  { netns, input = "" }: ToolOptions = {},
): Promise<string> {
  const prepared = new Deno.Command(command, {
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  });
  const child = netns === undefined ? prepared.spawn() : inNetns(netns, () => prepared.spawn());
  const [, output] = await Promise.all([feed(child.stdin, input), child.output()]);
  const decoder = new TextDecoder();
  if (!output.success) {
    throw new ToolError([command, ...args].join(" "), output.code, decoder.decode(output.stderr));
  }
  return decoder.decode(output.stdout);
}

/** Loads an nft script in a network namespace, all of it or nothing; gives what nft printed. */
export function nft(netns: string, script: string): Promise<string> {
  return runTool("nft", ["-f", "-"], { netns, input: script });
}

/**
 * Runs lines of `ip` (without the word itself) by one process, in a network namespace or, without
 * one, at home. The first line that fails ends it, with an error that shows the line.
 */
export async function ipBatch(netns: string | undefined, lines: readonly string[]): Promise<void> {
  if (lines.length === 0) return;
  try {
    await runTool("ip", ["-batch", "-"], { netns, input: lines.join("\n") });
  } catch (cause) {
    const output = cause instanceof ToolError ? cause.output : "";
    const failed = lines[Number(/Command failed -:(\d+)/.exec(output)?.[1]) - 1] ?? "its lines";
    throw new Error(`Cannot set up ${netns ?? "network namespaces"}: ip refuses ${failed}`, {
      cause,
    });
  }
}

/** Writes all of a child's input. A child that ended early is told by its exit, not by the pipe. */
async function feed(stdin: WritableStream<Uint8Array>, input: string): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
  }
}
