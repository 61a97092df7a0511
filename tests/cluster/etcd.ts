import { ServerProcess } from "./server_process.ts";

const CLIENT_URL = "http://127.0.0.1:2379";
const PEER_URL = "http://127.0.0.1:2380";

/** The database of a control plane, on loopback. */
export class Etcd implements AsyncDisposable {
  /** Where the API server finds it. */
  readonly url = CLIENT_URL;
  readonly #process: ServerProcess;

  private constructor(process: ServerProcess) {
    this.#process = process;
  }

  /** Starts an empty one and waits until it answers. */
  static async start(program: string, folder: string): Promise<Etcd> {
    const args = [
      `--data-dir=${folder}/etcd`,
      "--unsafe-no-fsync",
      "--log-level=warn",
      `--listen-client-urls=${CLIENT_URL}`,
      `--advertise-client-urls=${CLIENT_URL}`,
      `--listen-peer-urls=${PEER_URL}`,
      `--initial-advertise-peer-urls=${PEER_URL}`,
      `--initial-cluster=default=${PEER_URL}`,
    ];
    await using stack = new AsyncDisposableStack();
    const process = stack.use(ServerProcess.start(program, { args, folder }));
    const etcd = new Etcd(process);
    await process.ready(() => etcd.#isHealthy());
    stack.move();
    return etcd;
  }

  /** The latest revision: what the API calls a resourceVersion. */
  async revision(): Promise<number> {
    const answer = await this.#call("range", { key: btoa("/"), limit: "1" });
    const { header } = answer as { readonly header: { readonly revision: string } };
    return Number(header.revision);
  }

  /** Forgets all history before the latest revision, as every cluster does now and then. */
  async compact(): Promise<number> {
    const revision = await this.revision();
    await this.#call("compaction", { revision: String(revision), physical: true });
    return revision;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
  }

  async #isHealthy(): Promise<boolean> {
    try {
      const response = await fetch(`${CLIENT_URL}/health`);
      return (await response.text()).includes("true");
    } catch (error) {
      if (error instanceof TypeError) return false; // nobody listens yet
      throw error;
    }
  }

  async #call(method: string, question: unknown): Promise<unknown> {
    const body = JSON.stringify(question);
    const response = await fetch(`${CLIENT_URL}/v3/kv/${method}`, { method: "POST", body });
    const text = await response.text();
    if (!response.ok) throw new Error(`Cannot ask etcd for ${method}: ${response.status}: ${text}`);
    return JSON.parse(text);
  }
}
