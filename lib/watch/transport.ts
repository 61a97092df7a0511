import type { Access, TlsSettings } from "./access.ts";
import { FetchTransport } from "./fetch_transport.ts";
import { TlsTransport } from "./tls_transport.ts";

/** One request. */
export interface TransportRequest {
  /** What the agent does to objects: it reads them, and it adds to their status. */
  readonly method: "GET" | "PATCH";
  /** Absolute, with its parameters. */
  readonly url: string;
  /** name -> value */
  readonly headers: Readonly<Record<string, string>>;
  /** What is sent along; undefined: nothing. */
  readonly body: string | undefined;
  /** Ends the request, also while its answer's body is read. */
  readonly signal: AbortSignal;
}

/** The server's answer. Its body is to be read, once, or to be given up by leaving the loop. */
export interface Answer {
  /** Of HTTP. */
  readonly status: number;
  /** A header's value by its name, in any case; undefined: it has none. */
  readonly header: (name: string) => string | undefined;
  /** Throws an `UnreachableError` where it breaks off and that can be told from its end. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Sends requests and brings answers: kept connections are its own business. */
export interface Transport {
  /** Throws an `UnreachableError` where there is no answer. */
  send(request: TransportRequest): Promise<Answer>;
  /** Drops the connections that are not in use. */
  close(): void;
}

/**
 * The transport for a server. Fetch speaks HTTP/2 and shares one connection, but can neither skip
 * the check of the server's certificate nor check it for another name than the URL's.
 */
export function makeTransport({ tls }: Access): Transport {
  return needsOwnTls(tls) ? new TlsTransport(tls) : new FetchTransport(tls);
}

function needsOwnTls({ isInsecure, serverName }: TlsSettings): boolean {
  return isInsecure || serverName !== undefined;
}
