import { Command, CommanderError, Option } from "commander";
import { type AgentFlags, agentForm, type AgentOptions, agentOptions } from "./agent_options.ts";
import type { CommandForm, Flag } from "./command_form.ts";
import {
  installForm,
  type InstallOptions,
  uninstallForm,
  type UninstallOptions,
} from "./install_options.ts";
import type { Surroundings } from "./surroundings.ts";
import { HelpRequested, UsageError } from "./usage_error.ts";

/** What the command line asks for. */
export type Request =
  | { readonly command: "agent"; readonly options: AgentOptions }
  | { readonly command: "install"; readonly options: InstallOptions }
  | { readonly command: "uninstall"; readonly options: UninstallOptions }
  | { readonly command: "version" };

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
  // Only the variables of the command that is asked for are read: others may not be permitted.
  const command = (form: CommandForm): Command => {
    return makeCommand(form, args[0] === form.name ? around.env : () => undefined);
  };
  const commands = [
    command(agentForm).action((flags: AgentFlags) => {
      request = { command: "agent", options: agentOptions(flags, around) };
    }),
    command(cniForm),
    command(installForm).action((options: InstallOptions) => {
      request = { command: "install", options };
    }),
    command(uninstallForm).action((options: UninstallOptions) => {
      request = { command: "uninstall", options };
    }),
    command(versionForm).action(() => {
      request = { command: "version" };
    }),
  ];
  for (const command of commands) program.addCommand(command);
  let output = "";
  for (const command of [program, ...commands]) {
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

const versionForm: CommandForm = {
  name: "version",
  help: "print the version and nft's",
  flags: [],
};

/** It is run before any command line is read, and stands here to be told of. */
const cniForm: CommandForm = {
  name: "cni",
  help: "the chained CNI plugin, as runtimes execute it",
  flags: [],
};

function makeCommand({ name, help, flags }: CommandForm, env: Surroundings["env"]): Command {
  const command = new Command(name).description(help);
  for (const flag of flags) command.addOption(makeOption(flag, env));
  return command;
}

/** Commander reads the environment itself, and not the one that it is given. */
function makeOption(flag: Flag, env: Surroundings["env"]): Option {
  const { form, help, choices, parse, otherwise, otherwiseTold } = flag;
  const option = new Option(form, help);
  if (choices !== undefined) option.choices(choices);
  if (parse !== undefined) option.argParser(parse);
  if (!form.includes("<")) option.preset("true");
  const name = `HEDGEROW_${option.attributeName().replaceAll(/[A-Z]/g, "_$&").toUpperCase()}`;
  option.description += ` [$${name}]`;
  const value = env(name);
  if (value === undefined || value === "") {
    return otherwise === undefined ? option : option.default(otherwise, otherwiseTold);
  }
  try {
    const parsed: unknown = option.parseArg ? option.parseArg(value, undefined) : value;
    return option.default(parsed, value);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new UsageError(`environment variable ${name} has value "${value}": ${error.message}`);
  }
}
