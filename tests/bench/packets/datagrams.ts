import { monotonicMs } from "../../lab/clock.ts";
import { Socket } from "../../lab/socket.ts";
import type { PacketFlow } from "./flow.ts";
import type { Lane } from "./lane.ts";
import { receive, send } from "./wait.ts";

/** Both ends of a flow. */
interface Ends extends Disposable {
  readonly client: Socket;
  readonly server: Socket;
}

/** UDP flows through a lane, all of them known to its node as established. */
export class Datagrams implements Disposable {
  readonly #ends: readonly Ends[];
  readonly #payload = new Uint8Array(16);

  constructor(lane: Lane) {
    this.#ends = lane.flows.map((flow) => open(lane, flow));
    this.round();
    for (const { client, server } of this.#ends) {
      send(server, this.#payload);
      receive(client);
    }
  }

  /** Sends a packet of every flow and waits for each; gives the time of each, in ns. */
  round(): readonly number[] {
    return this.#ends.map(({ client, server }) => {
      const startedAt = monotonicMs();
      send(client, this.#payload);
      receive(server);
      return (monotonicMs() - startedAt) * 1e6;
    });
  }

  /** Sends so many packets of every flow in a row, then takes them; gives packets per second. */
  burst(length: number): number {
    const startedAt = monotonicMs();
    for (const { client, server } of this.#ends) {
      for (let i = 0; i < length; i++) send(client, this.#payload);
      for (let i = 0; i < length; i++) receive(server);
    }
    return this.#ends.length * length / (monotonicMs() - startedAt) * 1000;
  }

  [Symbol.dispose](): void {
    for (const ends of this.#ends) ends[Symbol.dispose]();
  }
}

function open(lane: Lane, { client: source, server: destination, port }: PacketFlow): Ends {
  using resources = new DisposableStack();
  const kind = { family: "IPv4", type: "datagram" } as const;
  const client = resources.use(Socket.open(lane.netns("clients"), kind));
  client.bind({ address: source, port: 0 });
  client.connect({ address: destination, port });
  // Flows may have the same server: each of its sockets hears its own client alone.
  const server = resources.use(Socket.open(lane.netns("servers"), kind));
  server.set("reuseAddress", 1);
  server.bind({ address: destination, port });
  server.connect(client.address);
  const kept = resources.move();
  return { client, server, [Symbol.dispose]: () => kept.dispose() };
}
