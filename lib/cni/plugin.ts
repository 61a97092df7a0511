import { CniError, errorCodes } from "./cni_error.ts";
import { isSupported, newestVersion } from "./cni_version.ts";
import { runCommand } from "./commands.ts";
import { type Environment, readInvocation } from "./invocation.ts";
import { parseConfig } from "./network_config.ts";

/** What a configuration may have at most, in bytes. */
const most = 1 << 20;

/** How long a configuration may take to come, in ms. */
const inputMs = 10_000;

/** What a runtime gets back. */
export interface Reply {
  /** 0, or 1 with an error as its output. */
  readonly exitCode: number;
  /** What belongs on the standard output: JSON, or nothing. */
  readonly output: string;
}

/** The chained CNI plugin, as a runtime executes it; gives the exit code. */
export async function runPlugin(): Promise<number> {
  const { exitCode, output } = await respond(Deno.env.get, readInput);
  print(output);
  return exitCode;
}

/** Does one command, by its environment and its input. Whatever those are, there is a reply. */
export async function respond(env: Environment, input: () => Promise<string>): Promise<Reply> {
  let cniVersion: string = newestVersion;
  try {
    const invocation = readInvocation(env);
    const fields = parseConfig(await input());
    if (isSupported(fields?.cniVersion)) cniVersion = fields.cniVersion;
    const result = await runCommand(invocation, fields);
    return { exitCode: 0, output: result === undefined ? "" : JSON.stringify(result) };
  } catch (error) {
    return { exitCode: 1, output: JSON.stringify({ cniVersion, ...tell(error) }) };
  }
}

function tell(error: unknown): { readonly code: number; readonly msg: string; details?: string } {
  if (!(error instanceof CniError)) {
    return { code: errorCodes.internal, msg: error instanceof Error ? error.message : `${error}` };
  }
  const { code, message, details } = error;
  return { code, msg: message, ...(details === "" ? {} : { details }) };
}

async function readInput(): Promise<string> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const failure = new CniError("ioFailure", "Cannot read the network configuration: it never ends");
  const timer = setTimeout(() => reject(failure), inputMs);
  try {
    return decode(await Promise.race([readBytes(), late]));
  } finally {
    clearTimeout(timer);
  }
}

async function readBytes(): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  for (;;) {
    const piece = new Uint8Array(1 << 16);
    const count = await Deno.stdin.read(piece);
    if (count === null) return new Uint8Array(await new Blob(pieces).arrayBuffer());
    pieces.push(piece.subarray(0, count));
    size += count;
    if (size <= most) continue;
    throw new CniError("undecodable", `network configuration: found more than ${most} bytes`);
  }
}

function decode(bytes: Uint8Array<ArrayBuffer>): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CniError("undecodable", "network configuration: found bytes that are not UTF-8");
  }
}

function print(output: string): void {
  const bytes = new TextEncoder().encode(output === "" ? "" : `${output}\n`);
  try {
    for (let written = 0; written < bytes.length;) {
      written += Deno.stdout.writeSync(bytes.subarray(written));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BrokenPipe)) throw error; // nobody wants to know
  }
}
