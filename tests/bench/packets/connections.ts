import { monotonicMs } from "../../lab/clock.ts";
import { errno, SystemError } from "../../lab/libc.ts";
import { Socket } from "../../lab/socket.ts";
import type { PacketFlow } from "./flow.ts";
import type { Lane } from "./lane.ts";
import { receive, send, spin } from "./wait.ts";

const kind = { family: "IPv4", type: "stream" } as const;

/** Both ends of a connection. */
type Ends = readonly [client: Socket, server: Socket];

/** TCP connections through a lane. */
export class Connections implements Disposable {
  readonly #lane: Lane;
  readonly #resources = new DisposableStack();
  /** `address:port` -> who listens there. */
  readonly #listeners = new Map<string, Socket>();
  /** One open connection of each flow. */
  readonly #open: readonly Ends[];
  readonly #payload = new Uint8Array(64);

  constructor(lane: Lane) {
    this.#lane = lane;
    for (const flow of lane.flows) this.#listen(flow);
    this.#open = lane.flows.map((flow) => {
      const client = this.#resources.use(this.#prepare(flow));
      const server = this.#resources.use(this.#connect(client, flow));
      for (const socket of [client, server]) socket.set("noDelay", 1);
      return [client, server];
    });
  }

  /** Opens a connection of every flow and closes it again; gives connections per second. */
  churn(): number {
    const { flows } = this.#lane;
    const prepared = flows.map((flow) => ({ flow, client: this.#prepare(flow) }));
    const startedAt = monotonicMs();
    for (const { flow, client } of prepared) {
      const server = this.#connect(client, flow);
      client[Symbol.dispose]();
      server[Symbol.dispose]();
    }
    return flows.length / (monotonicMs() - startedAt) * 1000;
  }

  /** Asks and answers over every open connection; gives the mean time of one exchange, in µs. */
  exchange(): number {
    const startedAt = monotonicMs();
    for (const [client, server] of this.#open) {
      send(client, this.#payload);
      receive(server);
      send(server, this.#payload);
      receive(client);
    }
    return (monotonicMs() - startedAt) * 1000 / this.#open.length;
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  #listen({ server: address, port }: PacketFlow): void {
    const key = `${address}:${port}`;
    if (this.#listeners.has(key)) return;
    const listener = this.#resources.use(Socket.open(this.#lane.netns("servers"), kind));
    listener.set("reuseAddress", 1);
    listener.bind({ address, port });
    listener.listen();
    this.#listeners.set(key, listener);
  }

  #prepare({ client: address }: PacketFlow): Socket {
    const client = Socket.open(this.#lane.netns("clients"), kind);
    client.set("linger", 1, 0); // closed by a reset: its port is free at once
    client.bind({ address, port: 0 });
    return client;
  }

  /** Gives the server's end. */
  #connect(client: Socket, { server: address, port }: PacketFlow): Socket {
    const result = client.connect({ address, port });
    if (result < 0 && result !== -errno.EINPROGRESS) {
      throw new SystemError(`connect to ${address}:${port}`, -result);
    }
    const listener = this.#listeners.get(`${address}:${port}`);
    return spin("see a connection arrive", () => listener?.accept());
  }
}
