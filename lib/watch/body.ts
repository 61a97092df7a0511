// This module is pure.

/** Reads a body to its end as UTF-8, or to `limit` bytes, the rest being given up. */
export async function readText(
  body: AsyncIterable<Uint8Array>,
  limit: number = Infinity,
): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    length += chunk.length;
    if (length >= limit) break;
  }
  return text + decoder.decode();
}
