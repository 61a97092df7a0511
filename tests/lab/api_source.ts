import { ApiServer, type ApiServerOptions } from "../apiserver/api_server.ts";
import { keyOfObject, servedKinds } from "../apiserver/kinds.ts";
import { formatKubeconfig } from "../apiserver/kubeconfig.ts";
import { delay, monotonicMs } from "./clock.ts";
import type { Lab } from "./lab.ts";
import type { ObjectSource } from "./object_source.ts";
import { type ApiObject, objectName } from "./objects.ts";
import { plan } from "./topology.ts";

/** The port of API servers. */
const PORT = 6443;

/** How the server is set up, and how agents trust it and are known to it. */
export interface ApiSourceOptions extends Pick<ApiServerOptions, "tls" | "bookmarkMs" | "store"> {
  /** In PEM: the authority behind the server's certificate. */
  readonly authority?: string;
  /** What the kubeconfig's user has besides a name, as `{ token: "…" }`. */
  readonly user?: Readonly<Record<string, string>>;
}

/** An API server in this process that listens on the lab's fabric, and a kubeconfig for agents. */
export class ApiSource implements ObjectSource {
  readonly server: ApiServer;
  /** The path of the kubeconfig. */
  readonly kubeconfig: string;
  readonly #lab: Lab;

  constructor(lab: Lab, { authority, user = {}, ...options }: ApiSourceOptions = {}) {
    const [hostname] = plan.fabric;
    this.#lab = lab;
    this.server = new ApiServer({ ...options, hostname, port: PORT });
    this.start();
    this.kubeconfig = `${lab.network.folder}/kubeconfig`;
    const text = formatKubeconfig({ server: this.server.url, authority, user });
    Deno.writeTextFileSync(this.kubeconfig, text, { mode: 0o600 });
  }

  /** The flags that make an agent use it. */
  get agentArgs(): readonly string[] {
    return ["--kubeconfig", this.kubeconfig];
  }

  /** Makes the server listen, again after `server.stop()`. */
  start(): void {
    this.#lab.network.in("fabric", () => this.server.start());
  }

  /** Makes an object, or replaces it. */
  put(object: ApiObject): void {
    this.server.store.put(object);
  }

  /** Removes an object. */
  remove(object: ApiObject): void {
    const resource = servedKinds.find(({ kind }) => kind === object.kind)?.resource;
    if (resource === undefined || !this.server.store.delete(resource, keyOfObject(object))) {
      throw new Error(`Cannot remove ${objectName(object)}: the API server has none`);
    }
  }

  /** Stops the server; clients that have gone are given a moment to be missed. */
  async [Symbol.asyncDispose](): Promise<void> {
    const deadline = monotonicMs() + 200;
    while (this.server.watches().length > 0 && monotonicMs() < deadline) await delay(2);
    await this.server.stop();
  }
}
