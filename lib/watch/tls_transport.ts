import type { IncomingMessage } from "node:http";
import type { RequestOptions } from "node:https";
import type { TlsSettings } from "./access.ts";
import type { Answer, Transport, TransportRequest } from "./transport.ts";
import { UnreachableError } from "./unreachable_error.ts";

/** Requests over HTTP/1.1, each with a connection of its own, for TLS settings fetch cannot do. */
export class TlsTransport implements Transport {
  readonly #options: RequestOptions;

  /** Nothing is connected until something is sent. */
  constructor({ authorities, isInsecure, serverName, client }: TlsSettings) {
    this.#options = {
      agent: false,
      rejectUnauthorized: !isInsecure,
      // Without any, Deno would read its own, for which it asks a permission of its own.
      ca: authorities ?? [],
      ...(serverName === undefined ? {} : { servername: serverName }),
      ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
    };
  }

  async send({ url, body, ...rest }: TransportRequest): Promise<Answer> {
    const options = { ...this.#options, ...rest };
    const isSecure = url.startsWith("https:"); // few need Node's HTTP: it is loaded when they do
    const node = await (isSecure ? import("node:https") : import("node:http"));
    const request = node.request(url, options);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    request.on("response", resolve);
    request.on("error", reject);
    request.end(body);
    try {
      const message = await promise;
      return {
        status: message.statusCode ?? 0,
        header: (name) => [message.headers[name.toLowerCase()]].flat()[0],
        body: readBody(message, url),
      };
    } catch (cause) {
      throw new UnreachableError(url, cause);
    }
  }

  /** No connection outlives its request. */
  close(): void {}
}

async function* readBody(message: IncomingMessage, url: string): AsyncGenerator<Uint8Array> {
  const chunks = message[Symbol.asyncIterator]();
  try {
    while (true) {
      const { done, value } = await read(chunks, url);
      if (done) return;
      yield value;
    }
  } finally {
    message.destroy();
  }
}

async function read(
  chunks: AsyncIterator<Uint8Array>,
  url: string,
): Promise<IteratorResult<Uint8Array, unknown>> {
  try {
    return await chunks.next();
  } catch (cause) {
    throw new UnreachableError(url, cause);
  }
}
