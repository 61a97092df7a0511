// This module is pure.
import { ManifestError, type ManifestPlace } from "./manifest_error.ts";
import { findJsonError, parseYaml } from "./manifest_yaml.ts";

/** One object of a file of manifests, not decoded yet. */
export interface ManifestDocument {
  /** The path of the file. */
  readonly file: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** As JSON has it. */
  readonly value: unknown;
}

/**
 * Takes a file of manifests apart: YAML or JSON, one document or many, the entries of lists among
 * them; empty documents are none. Throws a `ManifestError` that names the file, and the line and
 * the column where they are known.
 */
export function parseManifest(file: string, text: string): readonly ManifestDocument[] {
  if (/^\s*\{/.test(text) || file.endsWith(".json")) {
    const json = parseJson(file, text);
    if (json !== undefined) return unfold({ file, line: 1, value: json.value }, []);
  }
  return parseYaml(file, text).flatMap(({ line, value, itemLines }) =>
    unfold({ file, line, value }, itemLines)
  );
}

/** Undefined for what is rather YAML: a mapping in braces (`{a: b}`), or nothing. */
function parseJson(file: string, text: string): { readonly value: unknown } | undefined {
  if (text.trim() === "") return undefined;
  try {
    return { value: JSON.parse(text) };
  } catch (cause) {
    if (!file.endsWith(".json")) return undefined;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ManifestError({ file, ...jsonPlace(reason, text) }, reason, { cause });
  }
}

/** V8 tells the place of some errors only; where it does not, YAML's parser may know it. */
function jsonPlace(reason: string, text: string): Pick<ManifestPlace, "line" | "column"> {
  const [, line, column] = /line (\d+) column (\d+)/.exec(reason) ?? [];
  return line === undefined ? findJsonError(text) : { line: Number(line), column: Number(column) };
}

/** Lists within lists are unfolded so far, and no further. */
const deepest = 8;

/**
 * The entries of `kind: List` and of lists of one kind (`kind: PodList`), whose entries may lack
 * their own kind; any other object as it is.
 */
function unfold(
  document: ManifestDocument,
  itemLines: readonly number[],
  depth = 0,
): readonly ManifestDocument[] {
  const { file, line, value } = document;
  if (value === null || value === undefined) return [];
  const { kind, apiVersion, items } = value as Readonly<Record<string, unknown>>;
  if (typeof kind !== "string" || !kind.endsWith("List") || depth === deepest) return [document];
  if (!Array.isArray(items ?? [])) return [document];
  const inherited = kind === "List" ? {} : { kind: kind.slice(0, -"List".length), apiVersion };
  return (items as readonly unknown[] ?? []).flatMap((item, i) => {
    const isObject = typeof item === "object" && item !== null && !Array.isArray(item);
    const entry = isObject ? { ...inherited, ...item } : item;
    return unfold({ file, line: itemLines[i] ?? line, value: entry }, [], depth + 1);
  });
}
