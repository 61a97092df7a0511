import { listOf, type PluginEntry, withoutPlugin, withPlugin } from "./plugin_list.ts";
import { replaceFile, tryRead } from "./replace_file.ts";

/** What a single plugin's configuration is put aside as, while a list stands in its place. */
const asideSuffix = ".hedgerow";

/**
 * The folder of the network configurations, of which a runtime takes the first by name that is in
 * order: `.conflist`, or `.conf` and `.json` for a single plugin.
 */
export class ConfigFolder {
  readonly #path: string;

  /** The folder need not be there yet. */
  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Sees to it that the plugin stands in the configuration that a runtime takes.
   *
   * @returns what was done, a line for each thing.
   * @throws {Error} when there is none, or it cannot be changed.
   */
  async add(entry: PluginEntry): Promise<readonly string[]> {
    const problems: string[] = [];
    for (const name of await this.#names()) {
      try {
        return name.endsWith(".conflist")
          ? await this.#addToList(name, entry)
          : await this.#makeList(name, entry);
      } catch (error) {
        problems.push(`${name}: ${error instanceof Error ? error.message : error}`);
      }
    }
    const why = problems.length === 0 ? "it has none" : problems.join("; ");
    throw new Error(`Cannot find a network configuration in ${this.#path}: ${why}`);
  }

  /** Takes the plugin out of all configurations; gives what was done. */
  async remove(): Promise<readonly string[]> {
    const done: string[] = [];
    for (const name of await this.#names(asideSuffix)) {
      const original = name.slice(0, -asideSuffix.length);
      const list = listName(original);
      if (await tryRead(this.#at(original)) === undefined) {
        await Deno.rename(this.#at(name), this.#at(original));
      } else await Deno.remove(this.#at(name)); // somebody has written it anew
      await Deno.remove(this.#at(list)).catch(ignoreMissing);
      done.push(`put ${this.#at(original)} back in the place of ${list}`);
    }
    for (const name of await this.#names(".conflist")) {
      const text = await tryRead(this.#at(name)) ?? "";
      const changed = tryWithoutPlugin(text);
      if (changed === text) continue;
      await this.#write(name, changed);
      done.push(`took the plugin out of ${this.#at(name)}`);
    }
    return done;
  }

  async #addToList(name: string, entry: PluginEntry): Promise<readonly string[]> {
    const text = await Deno.readTextFile(this.#at(name));
    const changed = withPlugin(text, entry);
    if (changed === text) return [];
    await this.#write(name, changed);
    return [`added the plugin to ${this.#at(name)}`];
  }

  /** The list comes first: while both are there a runtime takes the old one. */
  async #makeList(name: string, entry: PluginEntry): Promise<readonly string[]> {
    const text = withPlugin(listOf(await Deno.readTextFile(this.#at(name))), entry);
    const list = listName(name);
    await this.#write(list, text);
    await Deno.rename(this.#at(name), this.#at(`${name}${asideSuffix}`));
    return [`made ${this.#at(list)} of ${name}, with the plugin, and put that aside`];
  }

  async #write(name: string, text: string): Promise<void> {
    const path = await Deno.realPath(this.#at(name)).catch(() => this.#at(name)); // of a link
    const mode = await Deno.stat(path).then(({ mode }) => mode ?? 0o644, () => 0o644);
    await replaceFile(path, mode & 0o777, (aside) => Deno.writeTextFile(aside, text));
  }

  async #names(...endings: readonly string[]): Promise<readonly string[]> {
    const wanted = endings.length === 0 ? [".conf", ".conflist", ".json"] : endings;
    const names: string[] = [];
    try {
      for await (const { name } of Deno.readDir(this.#path)) {
        if (wanted.some((ending) => name.endsWith(ending))) names.push(name);
      }
    } catch (error) {
      ignoreMissing(error);
    }
    return names.sort();
  }

  #at(name: string): string {
    return `${this.#path}/${name}`;
  }
}

function listName(name: string): string {
  return name.replace(/\.(?:conf|json)$/, ".conflist");
}

/** What is not in order is none of ours. */
function tryWithoutPlugin(text: string): string {
  try {
    return withoutPlugin(text);
  } catch {
    return text;
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
