import { monotonicMs } from "../../lab/clock.ts";

/** Speaks with an agent at its socket, as the plugin does, over a connection that is kept. */
export class SocketClient implements Disposable {
  readonly #client: Deno.HttpClient;

  /** Nobody needs to listen yet. */
  constructor(socket: string) {
    this.#client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
  }

  /** Posts to `/v1/cni/COMMAND`; gives the time from the request to the answer, in ms. */
  async post(command: "add" | "del", body: object): Promise<number> {
    const startedAt = monotonicMs();
    const response = await fetch(`http://127.0.0.1/v1/cni/${command}`, {
      method: "POST",
      body: JSON.stringify(body),
      client: this.#client,
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot ${command}: ${response.status} ${text}`);
    return monotonicMs() - startedAt;
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }
}
