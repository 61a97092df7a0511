import { type Node, parseTree } from "jsonc-parser";
import { isFields } from "../decode/fields.ts";
import { formatFound } from "../decode/report.ts";

/** The type that the plugin has in a configuration, and its name among the executables. */
export const pluginType = "hedgerow-cni";

/** The plugin's entry in a list: its type, and what is not as by default. */
export interface PluginEntry {
  /** Tells it from the others. */
  readonly type: typeof pluginType;
  /** Its own keys. */
  readonly [key: string]: string;
}

/** The oldest versions of the specification in which plugins are no chain, or have no result. */
const tooOld = ["0.1.0", "0.2.0", "0.3.0"];

/**
 * Puts the plugin at the end of a network configuration list, once. All the rest stays byte for
 * byte; where the entry stands there already, everything does.
 *
 * @throws {Error} which says what is not in order.
 */
export function withPlugin(text: string, entry: PluginEntry): string {
  const plugins = readPlugins(text);
  const own = plugins.filter(isOwn);
  const isThere = own.length === 1 && isOwn(plugins.at(-1)) && isSame(plugins.at(-1), entry);
  if (isThere) return text;
  const rest = withoutPlugin(text);
  const { list, items } = nodesOf(rest);
  const [first] = items;
  const last = items.at(-1);
  if (first === undefined || last === undefined) {
    throw new Error("plugins: found no other plugin, expected the one that makes the interface");
  }
  const gap = rest.slice(list.offset + 1, first.offset);
  const end = last.offset + last.length;
  return `${rest.slice(0, end)},${gap}${JSON.stringify(entry)}${rest.slice(end)}`;
}

/** Takes the plugin out of a list; one that it is not in stays as it is. */
export function withoutPlugin(text: string): string {
  const plugins = readPlugins(text);
  const index = plugins.findLastIndex(isOwn);
  if (index === -1) return text;
  const { items } = nodesOf(text);
  const [before, own, after] = [items[index - 1], items[index], items[index + 1]];
  if (own === undefined) return text;
  const start = before === undefined ? own.offset : before.offset + before.length;
  const end = before === undefined && after !== undefined ? after.offset : own.offset + own.length;
  return withoutPlugin(text.slice(0, start) + text.slice(end));
}

/** A list of a configuration that is a single plugin's, as runtimes make it. */
export function listOf(text: string): string {
  const config = parse(text);
  if (typeof config.type !== "string" || config.type === "") {
    throw new Error(`type: found ${formatFound(config.type)}, expected the plugin's name`);
  }
  const { name, cniVersion } = config;
  return `${JSON.stringify({ cniVersion, name, plugins: [config] }, undefined, 2)}\n`;
}

function readPlugins(text: string): readonly unknown[] {
  const { plugins, cniVersion } = parse(text);
  if (!Array.isArray(plugins)) {
    throw new Error(`plugins: found ${formatFound(plugins)}, expected a list`);
  }
  if (typeof cniVersion !== "string" || tooOld.includes(cniVersion)) {
    throw new Error(`cniVersion: found ${formatFound(cniVersion)}, expected 0.3.1 or newer`);
  }
  return plugins;
}

function parse(text: string): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(text);
  if (isFields(value)) return value;
  throw new Error(`found ${formatFound(value)}, expected an object`);
}

/** Where the plugins stand in a text that is in order. */
function nodesOf(text: string): { readonly list: Node; readonly items: readonly Node[] } {
  const properties = parseTree(text)?.children ?? [];
  const list = properties.findLast(({ children }) => children?.[0]?.value === "plugins")
    ?.children?.[1];
  if (list === undefined) throw new Error("plugins: found nothing, expected a list");
  return { list, items: list.children ?? [] };
}

function isOwn(plugin: unknown): boolean {
  return isFields(plugin) && plugin.type === pluginType;
}

function isSame(plugin: unknown, entry: PluginEntry): boolean {
  if (!isFields(plugin)) return false;
  const keys = Object.keys(plugin);
  return keys.length === Object.keys(entry).length &&
    keys.every((key) => plugin[key] === entry[key]);
}
