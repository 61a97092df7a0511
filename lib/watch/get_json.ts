import { type Fields, isFields } from "../decode/fields.ts";
import type { ApiClient } from "./api_client.ts";
import { readText } from "./body.ts";
import { GarbledError } from "./garbled_error.ts";
import type { Watchdog } from "./watchdog.ts";
import { parseJson } from "./watch_event.ts";

/** What a request is made with. */
export interface GetOptions {
  /** Makes it. */
  readonly client: ApiClient;
  /** Told of everything that arrives. */
  readonly watchdog: Watchdog;
}

/**
 * Asks for one JSON object.
 *
 * @param what What it is, as `a list`, for messages.
 * @throws {GarbledError} for an answer that is none.
 */
export async function getJson(
  path: string,
  what: string,
  { client, watchdog }: GetOptions,
): Promise<Fields> {
  watchdog.heard();
  const answer = await client.get(path, watchdog.signal);
  const value = parseJson(await readText(listen(answer.body, watchdog)));
  if (!isFields(value)) throw new GarbledError(`${what} that is no JSON object`);
  return value;
}

async function* listen(
  body: AsyncIterable<Uint8Array>,
  watchdog: Watchdog,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    watchdog.heard();
    yield chunk;
  }
}
