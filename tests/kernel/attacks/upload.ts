import { familyOf } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";
import { Socket } from "../../lab/socket.ts";
import { anyAddress, type SocketAddress } from "../../lab/socket_address.ts";

/** Whose bytes go where. */
export interface Upload {
  /** The network namespace of the client. */
  readonly from: string;
  /** That of the server. */
  readonly at: string;
  readonly to: SocketAddress;
}

/** Sends bytes over a TCP connection as large as its packets can be, and waits until all came. */
export async function upload({ from, at, to }: Upload, length: number): Promise<void> {
  const family = familyOf(to.address);
  using listener = Socket.open(at, { family, type: "stream" });
  if (family === "IPv6") listener.set("ipv6Only", 1);
  listener.set("reuseAddress", 1);
  listener.bind({ address: anyAddress(family), port: to.port });
  listener.listen();
  using client = Socket.open(from, { family, type: "stream" });
  client.connect(to);
  using server = await accepted(listener);
  let [sent, received] = [0, 0];
  await until(`${length} bytes arrive at ${to.address}`, () => {
    if (sent < length) sent += Math.max(0, client.send(new Uint8Array(length - sent)));
    for (;;) {
      const bytes = server.receive();
      if (typeof bytes === "number" || bytes.length === 0) return received === length;
      received += bytes.length;
    }
  });
}

async function accepted(listener: Socket): Promise<Socket> {
  let socket: Socket | undefined;
  await until("the connection is there", () => (socket = listener.accept()) !== undefined);
  if (socket === undefined) throw new Error("Cannot accept: there is no connection");
  return socket;
}
