import { type InstallOptions, pluginDefaults } from "../cli/install_options.ts";
import { ConfigFolder } from "./config_folder.ts";
import { Executable } from "./executable.ts";
import { type PluginEntry, pluginType } from "./plugin_list.ts";
import { tell } from "./tell.ts";

/** How long to wait at most before looking again, in ms: not everything that changes is told. */
const lookMs = 10_000;

/** Puts the plugin into the node's chain, and with `--watch` sees to it that it stays there. */
export async function runInstall(options: InstallOptions): Promise<void> {
  const executable = new Executable(options.cniBinDir);
  const folder = new ConfigFolder(options.cniConfDir);
  const install = async (): Promise<readonly string[]> => {
    // The executable first: a configuration without it would fail every pod.
    return [...await executable.put(), ...await folder.add(entryOf(options))];
  };
  if (!options.watch) {
    const done = await install();
    return tell(done.length === 0 ? ["everything is in its place already"] : done);
  }
  let trouble = "";
  for await (const _ of occasions(options)) {
    try {
      tell(await install());
      trouble = "";
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (message !== trouble) tell([message]);
      trouble = message;
    }
  }
}

/** What stands in the configuration: nothing that is so by default. */
function entryOf({ socket, timeout, whenDown }: InstallOptions): PluginEntry {
  const given = Object.entries({ socket, timeout, whenDown });
  const isSaid = ([key, value]: readonly [string, string]): boolean =>
    value !== (pluginDefaults as Readonly<Record<string, string>>)[key];
  return { type: pluginType, ...Object.fromEntries(given.filter(isSaid)) };
}

/** At once, and whenever something may have changed, until the process is told to end. */
async function* occasions({ cniBinDir, cniConfDir }: InstallOptions): AsyncGenerator<void> {
  let wake = (): void => {};
  let isOver = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    Deno.addSignalListener(signal, () => {
      isOver = true;
      wake();
    });
  }
  while (!isOver) {
    using watcher = watch([cniBinDir, cniConfDir], () => wake());
    const changed = new Promise<void>((resolve) => wake = resolve);
    yield;
    const timer = setTimeout(wake, watcher === undefined ? lookMs / 10 : lookMs);
    await changed;
    clearTimeout(timer);
  }
}

/** Calls back at every change below folders; undefined where one of them is not there yet. */
function watch(folders: readonly string[], changed: () => void): Deno.FsWatcher | undefined {
  try {
    const watcher = Deno.watchFs([...folders], { recursive: false });
    (async () => {
      for await (const { kind } of watcher) if (kind !== "access") changed();
    })();
    return watcher;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
