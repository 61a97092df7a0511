// This module is pure.
import type { Transaction } from "../model/listing.ts";
import { clip, NftError } from "./nft_error.ts";

/**
 * Prints a transaction as the one line that an interactive nft takes.
 *
 * @throws {NftError} "refused" for a statement that would not stay one statement in one line.
 */
export function formatLine(transaction: Transaction): string {
  for (const statement of transaction) checkStatement(statement);
  return transaction.join("; ");
}

/**
 * Prints a transaction as a script, a statement to a line.
 *
 * @throws {NftError} "refused" for a statement that would not stay one statement in one line.
 */
export function formatScript(transaction: Transaction): string {
  for (const statement of transaction) checkStatement(statement);
  return transaction.map((statement) => `${statement}\n`).join("");
}

/**
 * The last guard before the kernel: names and comments come from the cluster, and whatever went
 * wrong before, none of them may begin a statement of its own.
 *
 * @throws {NftError} "refused" for a statement that would not stay one statement in one line.
 */
export function checkStatement(statement: string): void {
  const flaw = flawOf(statement);
  if (flaw !== undefined) {
    const text = JSON.stringify(clip(statement));
    throw new NftError("refused", `Cannot send statement: it holds ${flaw}: ${text}`);
  }
}

function flawOf(statement: string): string | undefined {
  if (controls.test(statement)) return "a line break or another control character";
  const bare = statement.replaceAll(/"[^"]*"/g, "");
  if (bare.trim() === "") return "nothing";
  if (bare.includes('"')) return "a quote that is not closed";
  if (bare.includes("#")) return "a # outside of quotes";
  if (bare.includes("\\")) return "a backslash outside of quotes";
  return braceFlawOf(bare);
}

const controls = /\p{Cc}/u;

/** Inside of braces a `;` ends a line of a declaration; outside it would end the statement. */
function braceFlawOf(bare: string): string | undefined {
  let depth = 0;
  for (const [mark] of bare.matchAll(/[{};]/g)) {
    if (mark === "{") depth++;
    else if (mark === "}") depth--;
    else if (depth === 0) return "a ; outside of braces";
    if (depth < 0) return "a } too many";
  }
  return depth === 0 ? undefined : "a { that is not closed";
}
