import type { TlsSettings } from "./access.ts";
import type { Answer, Transport, TransportRequest } from "./transport.ts";
import { UnreachableError } from "./unreachable_error.ts";

/** Requests by fetch: over TLS all of them share one HTTP/2 connection. */
export class FetchTransport implements Transport {
  readonly #client: Deno.HttpClient;

  /** Throws for certificates and keys that cannot be used. */
  constructor({ authorities, client }: TlsSettings) {
    this.#client = Deno.createHttpClient({
      ...(authorities === undefined ? {} : { caCerts: [authorities] }),
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    });
  }

  async send({ url, headers, signal }: TransportRequest): Promise<Answer> {
    const client = this.#client;
    try {
      // A redirect would carry the token to another server.
      const response = await fetch(url, { client, headers, signal, redirect: "manual" });
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: readBody(response.body, url),
      };
    } catch (cause) {
      throw new UnreachableError(url, cause);
    }
  }

  close(): void {
    this.#client.close();
  }
}

async function* readBody(
  body: ReadableStream<Uint8Array> | null,
  url: string,
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  try {
    while (true) {
      const { done, value } = await read(reader, url);
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {}); // a body that broke off needs no cancelling
  }
}

async function read(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  url: string,
): Promise<ReadableStreamReadResult<Uint8Array>> {
  try {
    return await reader.read();
  } catch (cause) {
    throw new UnreachableError(url, cause);
  }
}
