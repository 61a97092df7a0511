import { monotonicMs } from "../../lab/clock.ts";
import { errno, SystemError } from "../../lab/libc.ts";
import { untilRunning } from "../../lab/link.ts";
import { setSysctls } from "../../lab/netns.ts";
import { Reaper } from "../../lab/reaper.ts";
import { Socket } from "../../lab/socket.ts";
import { ipBatch, nft } from "../../lab/tool.ts";
import type { PacketFlow } from "./flow.ts";
import { laneScripts } from "./lane_scripts.ts";

/** How long a packet may be on its way, which is never seen: it is there when `send` returns. */
const deadlineMs = 1000;

/** Both ends of a flow. */
interface Ends {
  readonly client: Socket;
  readonly server: Socket;
}

let made = 0;

/**
 * Three network namespaces in a row: clients, a node that forwards, servers. The node tracks
 * connections, as every node of a cluster does, whether it has a table of ours or not.
 */
export class Lane implements AsyncDisposable {
  readonly #prefix: string;
  readonly #reaper: Reaper;
  readonly #ends: Ends[] = [];
  readonly #payload = new Uint8Array(16);

  private constructor(prefix: string) {
    this.#prefix = prefix;
    this.#reaper = new Reaper([prefix], []);
  }

  /** Builds one that these flows can take; they do once `establish` has been called. */
  static async create(flows: readonly PacketFlow[]): Promise<Lane> {
    await using resources = new AsyncDisposableStack();
    const lane = resources.use(new Lane(`hr-${Deno.pid}-lane${++made}-`));
    await lane.#build(flows);
    resources.move();
    return lane;
  }

  /** Loads a script on the node. */
  async load(script: string): Promise<void> {
    await nft(this.#netns("node"), script);
  }

  /** Lets every server answer once, so that the node knows all connections as established. */
  establish(): void {
    this.burst();
    for (const { client, server } of this.#ends) {
      server.send(this.#payload);
      receive(client);
    }
  }

  /** Sends a packet of every flow, one after the other; gives the mean time of one, in ns. */
  burst(): number {
    const startedAt = monotonicMs();
    for (const { client, server } of this.#ends) {
      const sent = client.send(this.#payload);
      if (sent < 0) throw new SystemError("send a packet of a bench", -sent);
      receive(server);
    }
    return (monotonicMs() - startedAt) * 1e6 / this.#ends.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client, server } of this.#ends) {
      client[Symbol.dispose]();
      server[Symbol.dispose]();
    }
    await this.#reaper[Symbol.asyncDispose]();
  }

  async #build(flows: readonly PacketFlow[]): Promise<void> {
    const places = ["clients", "node", "servers"] as const;
    const scripts = laneScripts(flows, (place) => this.#netns(place));
    await ipBatch(undefined, places.map((place) => `netns add ${this.#netns(place)}`));
    setSysctls(this.#netns("node"), [["net.ipv4.ip_forward", "1"]]);
    for (const place of ["node", "clients", "servers"] as const) {
      await ipBatch(this.#netns(place), scripts[place]);
    }
    await nft(this.#netns("node"), scripts.tracking);
    await untilRunning(
      ["clients", "servers"].map((name) => ({ netns: this.#netns("node"), name })),
    );
    for (const flow of flows) this.#ends.push(this.#open(flow));
  }

  #open({ client: source, server: destination, port }: PacketFlow): Ends {
    const kind = { family: "IPv4", type: "datagram" } as const;
    const client = Socket.open(this.#netns("clients"), kind);
    client.bind({ address: source, port: 0 });
    client.connect({ address: destination, port });
    // Flows may have the same server: each of its sockets hears its own client alone.
    const server = Socket.open(this.#netns("servers"), kind);
    server.set("reuseAddress", 1);
    server.bind({ address: destination, port });
    server.connect(client.address);
    return { client, server };
  }

  #netns(place: string): string {
    return this.#prefix + place;
  }
}

/** Takes a packet that has been sent; the kernel delivers it on the sender's own time. */
function receive(socket: Socket): void {
  let deadline: number | undefined;
  for (;;) {
    const received = socket.receive();
    if (typeof received !== "number") return;
    if (received !== -errno.EAGAIN) throw new SystemError("receive a packet of a bench", -received);
    deadline ??= monotonicMs() + deadlineMs;
    if (monotonicMs() > deadline) throw new Error("Cannot see a packet arrive: the table drops it");
  }
}
