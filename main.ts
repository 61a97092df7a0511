import type { Request } from "./lib/cli/options.ts";

/** The exit codes: 2 for a command line that cannot be followed, 1 for everything else. */
const failure = 1;
const misuse = 2;

/**
 * Does what the command line asks for; returns the exit code. What a command does not need is not
 * loaded: the CNI plugin starts anew for each pod, and is small.
 */
async function main(args: readonly string[]): Promise<number> {
  if (await isPlugin(args)) {
    const { runPlugin } = await import("./lib/cni/plugin.ts");
    return await runPlugin();
  }
  const { parseCommandLine } = await import("./lib/cli/options.ts");
  const { HelpRequested, UsageError } = await import("./lib/cli/usage_error.ts");
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

/** Runtimes call it by the name that stands in their configuration, and without arguments. */
async function isPlugin(args: readonly string[]): Promise<boolean> {
  if (args.length > 0) return args.length === 1 && args[0] === "cni";
  if (hasPluginName(Deno.execPath())) return true;
  const { argv0 } = await import("node:process"); // the name of a link; it takes 20 ms to load
  return hasPluginName(argv0);
}

function hasPluginName(path: string): boolean {
  return path.split("/").at(-1) === "hedgerow-cni";
}

async function run(request: Request): Promise<void> {
  switch (request.command) {
    case "agent": {
      const { runAgent } = await import("./lib/agent.ts");
      return await runAgent(request.options);
    }
    case "install": {
      const { runInstall } = await import("./lib/install/install.ts");
      return await runInstall(request.options);
    }
    case "uninstall": {
      const { runUninstall } = await import("./lib/install/uninstall.ts");
      return await runUninstall(request.options);
    }
    case "version": {
      const { printVersion } = await import("./lib/cli/print_version.ts");
      return await printVersion();
    }
    default:
      request satisfies never;
  }
}

async function print(to: typeof Deno.stdout | typeof Deno.stderr, text: string): Promise<void> {
  await to.write(new TextEncoder().encode(text));
}

if (import.meta.main) Deno.exit(await main(Deno.args));
