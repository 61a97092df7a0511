// This module is pure.

/** What an interactive nft has said since a line was sent. */
export type Answer =
  /** The sentinel is not there yet. */
  | { readonly kind: "incomplete" }
  /** The line was carried out. */
  | { readonly kind: "done" }
  /** The line was refused, and nothing of it is in the kernel. */
  | { readonly kind: "refused" }
  /** Anything else: what happened is unknown. */
  | { readonly kind: "not understood" };

/**
 * Reads an answer. A line that succeeds says nothing, so that each is followed by a sentinel,
 * a line which is no command: when its error is there, everything before it belongs to the line.
 *
 * @param said All of stderr since the line was sent.
 * @param sentinel The word that was sent behind it.
 */
export function readAnswer(said: string, sentinel: string): Answer {
  const text = `\n${said}`; // so that every line has a break before it
  const place = `\n${sentinel}\n`;
  const at = text.indexOf(place);
  const end = at < 0 ? -1 : text.indexOf("\n", at + place.length);
  if (end < 0) return { kind: "incomplete" };
  const error = sentinelError.exec(text.slice(0, at));
  const isWhole = /^ *\^+$/.test(text.slice(at + place.length, end)) && end + 1 === text.length;
  if (error === null || !isWhole) return { kind: "not understood" };
  if (error.index === 0) return { kind: "done" };
  return { kind: refusedAtOnce.test(said) ? "refused" : "not understood" };
}

/** The line was refused, or what stands in the file that it names. */
const refusedAtOnce = /^(?:In file included from [^\n]*\n\S+:\d+:\d+-\d+: )?Error: /;

/** What nft says of a sentinel, to the end of the text; from 1.1.7 on with a line of its own. */
const sentinelError = /\nError: syntax error, unexpected newline[^\n]*(?:\nexpected [^\n]*)?$/;
