import { InvalidArgumentError } from "commander";
import { durationForm, tryParseDuration } from "../decode/duration.ts";
import type { CommandForm, Flag } from "./command_form.ts";
import { parseBoolean } from "./option_values.ts";

/** Where the plugin of a node belongs. */
export interface CniFolders {
  /** `--cni-bin-dir`: where runtimes look for plugins. */
  readonly cniBinDir: string;
  /** `--cni-conf-dir`: where they look for configurations. */
  readonly cniConfDir: string;
}

/** What `hedgerow install` is asked to do. */
export interface InstallOptions extends CniFolders {
  /** `--socket`: the agent's, as the plugin's configuration has it. */
  readonly socket: string;
  /** `--timeout`, as there. */
  readonly timeout: string;
  /** `--when-down`, as there. */
  readonly whenDown: "fail" | "allow";
  /** `--watch`: stay, and do it again whenever somebody undoes it. */
  readonly watch: boolean;
}

/** What `hedgerow uninstall` is asked to do. */
export interface UninstallOptions extends CniFolders {
  /** `--socket`: an agent that answers there would make its table anew. */
  readonly socket: string;
}

/** What the plugin has where its configuration does not say. */
export const pluginDefaults = {
  socket: "/run/hedgerow/agent.sock",
  timeout: "10s",
  whenDown: "fail",
} as const;

const shared: readonly Flag[] = [
  {
    form: "--cni-bin-dir <dir>",
    help: "where runtimes look for plugins",
    otherwise: "/opt/cni/bin",
  },
  {
    form: "--cni-conf-dir <dir>",
    help: "where they look for configurations",
    otherwise: "/etc/cni/net.d",
  },
  { form: "--socket <path>", help: "the agent's socket", otherwise: pluginDefaults.socket },
];

/** `hedgerow install`: its flags are `InstallOptions`. */
export const installForm: CommandForm = {
  name: "install",
  help: "put the CNI plugin into this node's chain",
  flags: [
    ...shared,
    {
      form: "--timeout <duration>",
      help: "for how long the plugin asks an agent that is away",
      parse: parseTimeout,
      otherwise: pluginDefaults.timeout,
    },
    {
      form: "--when-down <what>",
      help: "whether pods start when nobody is at the socket",
      choices: ["fail", "allow"],
      otherwise: pluginDefaults.whenDown,
    },
    {
      form: "--watch",
      help: "stay, and put it back whenever it is gone",
      parse: parseBoolean,
      otherwise: false,
    },
  ],
};

/** `hedgerow uninstall`: its flags are `UninstallOptions`. */
export const uninstallForm: CommandForm = {
  name: "uninstall",
  help: "take the CNI plugin out of this node's chain, and our tables away",
  flags: shared,
};

/** As it is written: the plugin reads it. */
function parseTimeout(value: string): string {
  if (tryParseDuration(value) !== undefined) return value;
  throw new InvalidArgumentError(`Expected ${durationForm}.`);
}
