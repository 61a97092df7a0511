import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { tryParseAddress } from "../decode/address.ts";
import { durationForm, tryParseDuration } from "../decode/duration.ts";
import type { IpAddress } from "../model/address.ts";

/** Where the agent learns of the cluster. */
export type Source =
  | { readonly kind: "in-cluster" }
  | { readonly kind: "kubeconfig"; readonly path: string }
  | { readonly kind: "manifests"; readonly directory: string };

/** A TCP address to listen on. */
export interface ListenAddress {
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly hostname: string;
  /** 0 to 65535; 0 picks a free one. */
  readonly port: number;
}

/** The levels of the log, from the most to the least. */
export const logLevels = ["debug", "info", "warning", "error"] as const;

/** What `hedgerow agent` is asked to do. */
export interface AgentOptions {
  /** `--manifests` or `--kubeconfig`; with neither, the API server of the cluster it runs in. */
  readonly source: Source;
  /** `--node-name`, else `$NODE_NAME`, else the host name. */
  readonly nodeName: string;
  /** `--listen`: where health and metrics are served. */
  readonly listen: ListenAddress;
  /** `--socket`: a path; the lock stands beside it. */
  readonly socket: string;
  /** `--self-heal`, from 100 ms to a day. */
  readonly selfHealMs: number;
  /** `--dns-resolver`: whose answers are believed, beside the cluster's own DNS pods. */
  readonly dnsResolvers: readonly IpAddress[];
  /** `--write-status`: whether the conditions of policies are written. */
  readonly writeStatus: boolean;
  /** `--log-level`: nothing below it is logged. */
  readonly logLevel: typeof logLevels[number];
  /** `--log-format`: an object a line, or colours for a terminal. */
  readonly logFormat: "json" | "text";
}

/** What the command line asks for. */
export type Request =
  | { readonly command: "agent"; readonly options: AgentOptions }
  | { readonly command: "version" };

/** A command line that cannot be followed; the message says which part, and what it takes. */
export class UsageError extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "UsageError";
}

/** The text that was asked for by `--help`. */
export class HelpRequested extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "HelpRequested";
}

/** What a command line is read with. */
export interface Surroundings {
  /** The value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Asked only where no flag and no variable names the node. */
  readonly hostName: () => string;
}

/**
 * Reads a command line, without the program's name.
 *
 * @throws {UsageError} for a command, flag or value that is not known.
 * @throws {HelpRequested} with the text, for `--help`.
 */
export function parseCommandLine(args: readonly string[], around: Surroundings): Request {
  let request: Request | undefined;
  const program = new Command("hedgerow")
    .description("Kubernetes network policy for nftables")
    .helpCommand(false);
  const agent = agentCommand(around).action((flags: AgentFlags) => {
    request = { command: "agent", options: agentOptions(flags, around) };
  });
  const version = new Command("version").description("print the version and nft's").action(() => {
    request = { command: "version" };
  });
  // It is run before any command line is read, and stands here to be told of.
  const cni = new Command("cni").description("the chained CNI plugin, as runtimes execute it");
  program.addCommand(agent).addCommand(cni).addCommand(version);
  let output = "";
  for (const command of [program, agent, cni, version]) {
    command.exitOverride().allowExcessArguments(false).configureOutput({
      writeOut: (text) => output += text,
      writeErr: () => {},
    });
  }
  try {
    program.parse([...args], { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === "commander.helpDisplayed") throw new HelpRequested(output);
    if (error.code === "commander.help") throw new UsageError(`no command; see hedgerow --help`);
    throw new UsageError(error.message.replace(/^error: /, ""));
  }
  if (request === undefined) throw new UsageError("no command; see hedgerow --help");
  return request;
}

interface AgentFlags {
  readonly kubeconfig?: string;
  readonly manifests?: string;
  readonly nodeName?: string;
  readonly listen: ListenAddress;
  readonly socket: string;
  readonly selfHeal: number;
  readonly dnsResolver: readonly IpAddress[];
  readonly writeStatus: boolean;
  readonly logLevel: typeof logLevels[number];
  readonly logFormat: "json" | "text";
}

function agentCommand({ env }: Surroundings): Command {
  const command = new Command("agent").description("enforce the cluster's policies on this node");
  const options = [
    new Option("--kubeconfig <path>", "how to reach the API server (default: in-cluster)"),
    new Option(
      "--manifests <dir>",
      "take objects from YAML and JSON files, not from an API server",
    ),
    new Option("--node-name <name>", "this node (default: $NODE_NAME, else the host name)"),
    new Option("--listen <addr:port>", "health and metrics").argParser(parseListen)
      .default(parseListen("127.0.0.1:9080"), "127.0.0.1:9080"),
    new Option("--socket <path>", "the agent's own socket").default("/run/hedgerow/agent.sock"),
    new Option("--self-heal <duration>", "how often the table is read back")
      .argParser(parseDuration).default(30_000, "30s"),
    new Option("--dns-resolver <addr,…>", "whose answers domain names are learned from, too")
      .argParser(parseAddresses).default([], "the cluster's DNS pods alone"),
    new Option("--write-status", "write status.conditions of policies (needs a right of its own)")
      .preset("true").argParser(parseBoolean).default(false),
    new Option("--log-level <level>", "the least that is logged").choices(logLevels)
      .default("info"),
    new Option("--log-format <format>", "how it is logged").choices(["json", "text"])
      .default("json"),
  ];
  for (const option of options) {
    const name = `HEDGEROW_${option.attributeName().replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`;
    command.addOption(withEnvironment(option, name, env(name)));
  }
  return command;
}

/** Commander reads the environment itself, and not the one that it is given. */
function withEnvironment(option: Option, name: string, value: string | undefined): Option {
  option.description += ` [$${name}]`;
  if (value === undefined || value === "") return option;
  try {
    const parsed: unknown = option.parseArg ? option.parseArg(value, undefined) : value;
    return option.default(parsed, value);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`environment variable ${name} has value "${value}": ${error.message}`);
  }
}

function agentOptions(flags: AgentFlags, { env, hostName }: Surroundings): AgentOptions {
  const { listen, socket, writeStatus, logLevel, logFormat } = flags;
  const nodeName = flags.nodeName || env("NODE_NAME") || hostName();
  return {
    source: sourceOf(flags),
    writeStatus,
    nodeName,
    listen,
    socket,
    selfHealMs: flags.selfHeal,
    dnsResolvers: flags.dnsResolver,
    logLevel,
    logFormat,
  };
}

function sourceOf({ kubeconfig, manifests, writeStatus }: AgentFlags): Source {
  if (kubeconfig !== undefined && manifests !== undefined) {
    throw new UsageError(
      `--kubeconfig "${kubeconfig}" and --manifests "${manifests}" exclude each other`,
    );
  }
  if (manifests !== undefined && writeStatus) {
    throw new UsageError(
      `--write-status needs an API server, and --manifests "${manifests}" takes its place`,
    );
  }
  if (manifests !== undefined) return { kind: "manifests", directory: manifests };
  if (kubeconfig !== undefined) return { kind: "kubeconfig", path: kubeconfig };
  return { kind: "in-cluster" };
}

function parseListen(value: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) {
    throw new InvalidArgumentError("Expected ADDR:PORT, as 127.0.0.1:9080 or [::1]:9080.");
  }
  return { hostname: match[1] ?? match[2] ?? "", port };
}

function parseAddresses(value: string): readonly IpAddress[] {
  return value.split(",").map((text) => {
    const address = tryParseAddress(text.trim());
    if (address !== undefined) return address;
    throw new InvalidArgumentError("Expected IP addresses, as 10.0.0.53 or 10.0.0.53,fd00::53.");
  });
}

function parseBoolean(value: string): boolean {
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new InvalidArgumentError("Expected true or false.");
}

function parseDuration(value: string): number {
  const ms = tryParseDuration(value);
  if (ms === undefined) throw new InvalidArgumentError(`Expected ${durationForm}.`);
  return ms;
}
