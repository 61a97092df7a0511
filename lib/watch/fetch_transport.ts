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

  async send({ method, url, headers, body, signal }: TransportRequest): Promise<Answer> {
    const init = { method, headers, signal, client: this.#client };
    try {
      // A redirect would carry the token to another server.
      const response = await fetch(url, { ...init, body: body ?? null, redirect: "manual" });
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        body: readBody(response.body, { url, signal }),
      };
    } catch (cause) {
      throw new UnreachableError(url, cause);
    }
  }

  close(): void {
    this.#client.close();
  }
}

/**
 * The signal that a request was made with ends its body only for as long as the response has not
 * been collected as garbage (Deno 2.9.6). After that an abort is lost, and the body would be
 * awaited for ever. So it is cancelled here; the end that it then seems to have is none.
 */
async function* readBody(
  body: ReadableStream<Uint8Array> | null,
  { url, signal }: { url: string; signal: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  const cancel = (): void => void reader.cancel().catch(() => {}); // broken off: nothing to cancel
  signal.addEventListener("abort", cancel, { once: true });
  try {
    while (!signal.aborted) {
      const { done, value } = await read(reader, url);
      if (done && !signal.aborted) return;
      if (!done) yield value;
    }
    throw new UnreachableError(url, signal.reason);
  } finally {
    signal.removeEventListener("abort", cancel);
    cancel();
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
