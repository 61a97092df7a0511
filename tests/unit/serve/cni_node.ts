import { ClusterStore } from "../../../lib/cluster/store.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import { makeCniHandler } from "../../../lib/serve/cni_handler.ts";
import { serveUnix } from "../../../lib/serve/listen.ts";
import { Sandboxes } from "../../../lib/serve/sandboxes.ts";

/** An agent's part that the CNI plugin speaks to, with a kernel that takes whatever there is. */
export class CniNode implements AsyncDisposable {
  readonly store = new ClusterStore({ nodeName: "here", now: () => performance.now() });
  readonly folder: string;
  sandboxes: Sandboxes;
  /** How ADDs ended. */
  readonly added: boolean[] = [];
  #client: Deno.HttpClient;
  #server: Deno.HttpServer | undefined;

  private constructor(folder: string) {
    this.folder = folder;
    this.sandboxes = this.#sandboxes();
    this.#client = this.#newClient();
  }

  static async start(): Promise<CniNode> {
    const node = new CniNode(await Deno.makeTempDir());
    await node.restart();
    return node;
  }

  /** As another agent would begin: from the file alone. */
  async restart(): Promise<void> {
    await this.#server?.shutdown();
    this.#client.close(); // it may keep a connection to the server that is gone
    this.#client = this.#newClient();
    this.sandboxes = this.#sandboxes();
    await this.sandboxes.restore();
    this.#server = await serveUnix(
      `${this.folder}/agent.sock`,
      makeCniHandler({
        followed: () => Promise.resolve(),
        sandboxes: this.sandboxes,
        added: (isEnforced) => this.added.push(isEnforced),
        others: () => Promise.resolve(new Response("another's")),
      }),
    );
  }

  sync(...pods: readonly Pod[]): void {
    const { pods: kind, ...others } = this.store.sinks;
    for (const other of Object.values(others)) other.replace([], 1);
    kind.replace(pods, 1);
  }

  /** The kernel takes everything from now on; `seen` is called before. */
  enforce(seen: () => void = () => {}): void {
    const { changes } = this.store;
    changes.onAdded(() =>
      queueMicrotask(() => {
        if (!this.store.isSynced) return;
        seen();
        for (const { enforced } of changes.take()) enforced?.();
      })
    );
  }

  get file(): Promise<readonly Record<string, unknown>[]> {
    return Deno.readTextFile(`${this.folder}/agent.sandboxes`).then((text) =>
      (JSON.parse(text) as { readonly endpoints: Record<string, unknown>[] }).endpoints
    );
  }

  async ask(path: string, body: unknown, method = "POST"): Promise<readonly [number, Answer]> {
    const init = method === "POST"
      ? { method, body: typeof body === "string" ? body : JSON.stringify(body) }
      : { method };
    const response = await fetch(`http://127.0.0.1${path}`, { ...init, client: this.#client });
    return [response.status, await response.json() as Answer];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#client.close();
    await this.#server?.shutdown();
    await Deno.remove(this.folder, { recursive: true });
  }

  #newClient(): Deno.HttpClient {
    const proxy = { transport: "unix" as const, path: `${this.folder}/agent.sock` };
    return Deno.createHttpClient({ proxy });
  }

  #sandboxes(): Sandboxes {
    const path = `${this.folder}/agent.sandboxes`;
    return new Sandboxes({ store: this.store, nodeName: "here", path, collectMs: 1000 });
  }
}

/** What the plugin is answered. */
export interface Answer {
  readonly enforced?: boolean;
  readonly ms?: number;
  readonly error?: string;
  readonly retryable?: boolean;
}

/** What the plugin sends for a pod whose network namespace is `netns`. */
export function requestOf(name: string, changes: Readonly<Record<string, unknown>> = {}): unknown {
  return {
    containerID: `sandbox-of-${name}`,
    netns: "/proc/self/ns/net",
    ifName: "eth0",
    podNamespace: "shop",
    podName: name,
    podUID: `uid-of-${name}`,
    ips: ["10.0.0.1"],
    ...changes,
  };
}

/** The address that a pod is given where a request says nothing else. */
export const address = "10.0.0.1" as IpAddress;
