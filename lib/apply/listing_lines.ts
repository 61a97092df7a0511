// This module is pure.

/** A text that is not a table as nft prints it. */
export class ListingError extends Error {
  /** Says what was found, and what was expected. */
  constructor(message: string) {
    super(message);
    this.name = "ListingError";
  }
}

/** A `HEAD { … }` of a listing that goes over several lines. */
export interface Block {
  /** What stands before the brace. */
  readonly head: string;
  /** Its lines, and the blocks within it. */
  readonly items: readonly (string | Block)[];
}

/**
 * A quoted string (it may hold anything but a quote), the brace that opens a block, what nft says
 * in passing behind a `#`, a single mark, other text, and a quote without its twin.
 */
const token = /"[^"]*"|\{[ \t]*(?:#[^\n]*)?\n|#[^\n]*|[{}\n]|[^"#{}\n]+|"/g;

interface OpenBlock {
  readonly head: string;
  readonly items: (string | Block)[];
}

/**
 * Takes a listing apart into its lines and blocks. A line that nft has broken, as the elements of
 * a set, is one line again; braces, commas and colons in comments are text.
 *
 * @throws {ListingError} where braces or quotes do not match.
 */
export function readBlocks(text: string): readonly (string | Block)[] {
  const top: OpenBlock = { head: "", items: [] };
  const open = [top];
  let line = "";
  let inner = 0; // braces that are open within the line
  for (const [part] of text.matchAll(token)) {
    const block = open.at(-1) ?? top;
    if (part.startsWith("#")) continue;
    if (part === '"') throw new ListingError("Cannot read listing: a quote is not closed");
    if (part === "\n") {
      if (inner > 0) line += " ";
      else line = endLine(block, line);
    } else if (part.startsWith("{") && part.length > 1 && inner === 0) {
      open.push({ head: line.trim(), items: [] });
      line = "";
    } else if (part === "}" && inner === 0) {
      endLine(block, line);
      line = closeBlock(open);
    } else {
      if (part === "}") inner--;
      else if (part.startsWith("{")) inner++;
      line += part.startsWith("\t") ? part.trimStart() : part;
    }
  }
  endLine(top, line);
  if (open.length > 1 || inner > 0) {
    throw new ListingError("Cannot read listing: a brace is not closed");
  }
  return top.items;
}

function endLine(block: OpenBlock, line: string): string {
  const text = line.trim();
  if (text !== "") block.items.push(text);
  return "";
}

function closeBlock(open: OpenBlock[]): string {
  const block = open.pop();
  const outer = open.at(-1);
  if (block === undefined || outer === undefined) {
    throw new ListingError("Cannot read listing: a brace closes nothing");
  }
  outer.items.push(block);
  return "";
}

/** Prints a block on one line: a rule may hold a chain without a name. */
export function formatItem(item: string | Block): string {
  if (typeof item === "string") return item;
  return `${item.head} { ${item.items.map((inner) => `${formatItem(inner)}; `).join("")}}`;
}
