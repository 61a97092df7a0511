import { runAgent } from "./lib/agent.ts";
import { HelpRequested, parseCommandLine, type Request, UsageError } from "./lib/cli/options.ts";
import { printVersion } from "./lib/cli/print_version.ts";

/** The exit codes: 2 for a command line that cannot be followed, 1 for everything else. */
const failure = 1;
const misuse = 2;

/** Does what the command line asks for; returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  try {
    const request = parseCommandLine(args, { env: Deno.env.get, hostName: Deno.hostname });
    await run(request);
    return 0;
  } catch (error) {
    if (error instanceof HelpRequested) {
      await print(Deno.stdout, error.message);
      return 0;
    }
    const message = error instanceof Error ? error.message : String(error);
    await print(Deno.stderr, `hedgerow: ${message}\n`);
    return error instanceof UsageError ? misuse : failure;
  }
}

async function run(request: Request): Promise<void> {
  switch (request.command) {
    case "agent":
      return await runAgent(request.options);
    case "version":
      return await printVersion();
    default:
      request satisfies never;
  }
}

async function print(to: typeof Deno.stdout | typeof Deno.stderr, text: string): Promise<void> {
  await to.write(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
