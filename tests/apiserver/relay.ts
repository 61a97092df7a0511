/** One connection through the relay. */
interface Passage {
  readonly client: Deno.TcpConn;
  readonly server: Deno.TcpConn;
}

/**
 * A TCP relay in front of a server: the network in between, which may go silent without a word,
 * as when a firewall forgets a connection, or break every connection.
 */
export class Relay {
  readonly #listener: Deno.TcpListener;
  readonly #target: Deno.ConnectOptions;
  readonly #passages = new Set<Passage>();
  readonly #frozen = new Set<Passage>();
  readonly #accepting: Promise<void>;
  #accepted = 0;
  #thaw: () => void = () => {};

  /** Listens at once on a free port of 127.0.0.1; `port` is the server's. */
  constructor(port: number) {
    this.#target = { hostname: "127.0.0.1", port };
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  /** The port that it listens on. */
  get port(): number {
    return this.#listener.addr.port;
  }

  /** How many connections there have been. */
  get accepted(): number {
    return this.#accepted;
  }

  /** The connections that there are now fall silent for ever; new ones are not concerned. */
  freeze(): void {
    for (const passage of this.#passages) this.#frozen.add(passage);
  }

  /** Breaks every connection. */
  cut(): void {
    for (const passage of this.#passages) close(passage);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.#frozen.clear();
    this.#thaw();
    this.cut();
    await this.#accepting;
  }

  async #accept(): Promise<void> {
    const running: Promise<void>[] = [];
    for await (const client of this.#listener) running.push(this.#pass(client));
    await Promise.all(running);
  }

  async #pass(client: Deno.TcpConn): Promise<void> {
    this.#accepted++;
    let server: Deno.TcpConn;
    try {
      server = await Deno.connect({ ...this.#target, transport: "tcp" });
    } catch { // refused: so is the client
      client.close();
      return;
    }
    const passage = { client, server };
    this.#passages.add(passage);
    await Promise.all([this.#copy(passage, client, server), this.#copy(passage, server, client)]);
    this.#passages.delete(passage);
  }

  async #copy(passage: Passage, from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      while (true) {
        const count = await from.read(buffer);
        while (this.#frozen.has(passage)) await this.#thawed();
        if (count === null) break;
        for (let sent = 0; sent < count;) sent += await to.write(buffer.subarray(sent, count));
      }
    } catch { // one side is gone, and so is the other then
    }
    close(passage);
  }

  #thawed(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.#thaw;
    this.#thaw = () => {
      before();
      resolve();
    };
    return promise;
  }
}

function close({ client, server }: Passage): void {
  for (const connection of [client, server]) {
    try {
      connection.close();
    } catch { // closed already
    }
  }
}
