import type { IpAddress } from "../../lib/model/address.ts";
import { until } from "./clock.ts";
import { errno, SystemError } from "./libc.ts";
import { Socket } from "./socket.ts";

/** What is asked. */
export interface HttpQuestion {
  readonly port: number;
  readonly path: string;
  /** Default 5000. */
  readonly timeoutMs?: number;
}

/** The answer to a request. */
export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

/**
 * Asks a server on a network namespace's own loopback, where `fetch` cannot get: it makes its
 * sockets at home. Throws a SystemError when nobody listens.
 */
export async function httpGet(
  netns: string,
  { port, path, timeoutMs = 5000 }: HttpQuestion,
): Promise<HttpReply> {
  using socket = Socket.open(netns, { family: "IPv4", type: "stream" });
  const what = `ask 127.0.0.1:${port}${path} in ${netns}`;
  const check = (result: number): boolean => {
    if (result === -errno.EAGAIN || result === -errno.EINPROGRESS) return false;
    if (result < 0) throw new SystemError(what, -result);
    return true;
  };
  check(socket.connect({ address: "127.0.0.1" as IpAddress, port }));
  // HTTP/1.0: the answer comes in one piece and ends with the connection.
  const request = new TextEncoder().encode(`GET ${path} HTTP/1.0\r\nHost: localhost\r\n\r\n`);
  await until(what, () => check(socket.send(request)), { everyMs: 1, timeoutMs });
  const decoder = new TextDecoder();
  let text = "";
  await until(`the end of the answer to ${what}`, () => {
    for (;;) {
      const piece = socket.receive();
      if (typeof piece === "number") return check(piece);
      if (piece.length === 0) return true;
      text += decoder.decode(piece, { stream: true });
    }
  }, { everyMs: 1, timeoutMs });
  if (text === "") throw new SystemError(what, errno.ECONNRESET); // it ended, or was ended
  return readReply(text, what);
}

function readReply(text: string, what: string): HttpReply {
  const status = /^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1];
  const bodyAt = text.indexOf("\r\n\r\n");
  if (status === undefined || bodyAt < 0) throw new Error(`Cannot ${what}: no HTTP came back`);
  return { status: Number(status), body: text.slice(bodyAt + 4) };
}
