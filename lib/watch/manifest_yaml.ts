// This module is pure.
import {
  type Document,
  isMap,
  isSeq,
  LineCounter,
  parseAllDocuments,
  type ParsedNode,
  parseDocument,
  type Tags,
} from "yaml";
import { ManifestError, type ManifestPlace } from "./manifest_error.ts";

/** One document of a YAML file. */
export interface YamlDocument {
  /** Where it begins, from 1. */
  readonly line: number;
  /** As JSON has it. */
  readonly value: unknown;
  /** The lines of the entries of its `items`, where it is a list of objects. */
  readonly itemLines: readonly number[];
}

/**
 * How often aliases may be followed in one document: plenty for people, too little for a document
 * that unfolds to a billion laughs.
 */
const maxAliasCount = 10_000;

/**
 * Reads a YAML text as kubectl does, which knows YAML 1.1: there `yes` is true and `010` is 8. Its
 * base-60 numbers and its times are left out, as kubectl has them as text.
 */
export function parseYaml(file: string, text: string): readonly YamlDocument[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, {
    schema: "yaml-1.1",
    customTags: (tags) => tags.filter(isJsonTag),
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "error",
  });
  return [...documents].map((document) => convert(document, { file, lines }));
}

/** Where a text is not JSON, as far as that is no YAML either; nothing where it is. */
export function findJsonError(text: string): Pick<ManifestPlace, "line" | "column"> {
  const lines = new LineCounter();
  const options = {
    schema: "json",
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
  } as const;
  const [error] = parseDocument(text, options).errors;
  if (error === undefined) return {};
  const { line, col } = lines.linePos(error.pos[0]);
  return { line, column: col };
}

interface Source {
  readonly file: string;
  readonly lines: LineCounter;
}

function convert(document: Document.Parsed, { file, lines }: Source): YamlDocument {
  const [error] = document.errors;
  if (error !== undefined) {
    const { line, col } = lines.linePos(error.pos[0]);
    throw new ManifestError({ file, line, column: col }, error.message, { cause: error });
  }
  const lineOf = (node: ParsedNode | null): number => lines.linePos(node?.range[0] ?? 0).line;
  const line = lineOf(document.contents);
  const items = isMap(document.contents) ? document.contents.get("items") : undefined;
  const nodes = isSeq(items) ? items.items as readonly (ParsedNode | null)[] : [];
  try {
    // The clone's texts are its own: those of the document keep the whole file in memory.
    const value: unknown = structuredClone(document.toJS({ maxAliasCount }));
    return { line, value, itemLines: nodes.map(lineOf) };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ManifestError({ file, line }, reason, { cause });
  }
}

function isJsonTag(tag: Tags[number]): boolean {
  if (typeof tag === "string") return true;
  return tag.tag !== "tag:yaml.org,2002:timestamp" && tag.format !== "TIME";
}
