import { Refusal } from "./refusal.ts";
import { within } from "./within.ts";

/** What a request may have at most, in bytes. */
const most = 1 << 16;

/** How long a request may take to come, in ms. */
const bodyMs = 5000;

/**
 * Reads the JSON of a request.
 *
 * @throws {Refusal} 400 for what is no JSON, 413 for too much of it.
 */
export async function readBody(request: Request): Promise<unknown> {
  const text = await within(
    bodyMs,
    readText(request),
    () => new Refusal(408, "request: found no end"),
  );
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, "request: found no JSON, expected an object");
  }
}

async function readText(request: Request): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const piece of request.body ?? []) {
    size += piece.length;
    if (size > most) throw new Refusal(413, `request: found more than ${most} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
