import { monotonicMs } from "../../lab/clock.ts";
import { errno, SystemError } from "../../lab/libc.ts";
import type { Socket } from "../../lab/socket.ts";

/** How long something may take that has happened already, as a rule, when it is asked for. */
const deadlineMs = 1000;

/**
 * Asks again and again until there is an answer: the kernel delivers packets between network
 * namespaces on the sender's own time, so that they have arrived when `send` returns.
 */
export function spin<T>(what: string, ask: () => T | undefined): T {
  let deadline: number | undefined;
  for (;;) {
    const answer = ask();
    if (answer !== undefined) return answer;
    deadline ??= monotonicMs() + deadlineMs;
    if (monotonicMs() > deadline) throw new Error(`Cannot ${what}: does the table drop packets?`);
  }
}

/** Sends bytes. */
export function send(socket: Socket, bytes: Uint8Array<ArrayBuffer>): void {
  const sent = socket.send(bytes);
  if (sent < 0) throw new SystemError("send a packet of a bench", -sent);
}

/** Takes what has been sent. */
export function receive(socket: Socket): void {
  spin("see a packet arrive", () => {
    const received = socket.receive();
    if (typeof received !== "number") return received;
    if (received === -errno.EAGAIN) return undefined;
    throw new SystemError("receive a packet of a bench", -received);
  });
}
