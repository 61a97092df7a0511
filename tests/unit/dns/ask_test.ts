import { deepEqual, equal, rejects } from "node:assert/strict";
// @ts-types="@types/dns-packet"
import packet from "dns-packet";
import { ask, LookupError } from "../../../lib/dns/ask.ts";
import { Datagrams } from "../../../lib/dns/datagrams.ts";
import type { IpAddress } from "../../../lib/model/address.ts";

const resolver = "127.0.0.1" as IpAddress;
const question = { name: "example.com", type: "A" } as const;

/** A resolver that answers the `n`th datagram, and the times that it was asked. */
async function answering(n: number): Promise<{ socket: Datagrams; ids: number[] }> {
  const ids: number[] = [];
  const socket = await Datagrams.open("IPv4", (message, from) => {
    const id = new DataView(message.buffer, message.byteOffset).getUint16(0);
    ids.push(id);
    if (ids.length !== n) return;
    const answers: packet.Answer[] = [{ ...question, data: "192.0.2.1", ttl: 60 }];
    socket.send(packet.encode({ type: "response", id, questions: [question], answers }), from);
  });
  return { socket, ids };
}

Deno.test("a question whose datagram is lost is sent again, and is the same question", async () => {
  const { socket, ids } = await answering(2);
  using _socket = socket;
  const { addresses } = await ask(question, resolver, {
    ...{ deadlineMs: 20_000, resendMs: [10], port: socket.port },
  });
  deepEqual(addresses, ["192.0.2.1"]);
  equal(new Set(ids).size, 1);
});

Deno.test("a resolver of which nothing is heard within the time is silent", async () => {
  const { socket } = await answering(0);
  using _socket = socket;
  await rejects(ask(question, resolver, { deadlineMs: 10, port: socket.port }), (error) => {
    return error instanceof LookupError && error.isSilence;
  });
});
