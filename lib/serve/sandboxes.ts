import { getLogger } from "@logtape/logtape";
import type { ClusterStore } from "../cluster/store.ts";
import {
  type Endpoint,
  type EndpointKey,
  endpointKey,
  type EndpointName,
} from "../model/endpoint.ts";
import { sleep } from "../watch/backoff.ts";
import { EndpointFile, type FiledEndpoint } from "./endpoint_file.ts";
import { isNetnsSeen } from "./netns.ts";
import { untilArrived } from "./pod_arrival.ts";
import { Refusal } from "./refusal.ts";
import { Sandbox } from "./sandbox.ts";
import { within } from "./within.ts";

const logger = getLogger(["hedgerow", "serve"]);

/** How long an ADD may take in all, in ms; what it began goes on. */
const addMs = 8000;

/** What sandboxes are kept for and with. */
export interface SandboxesOptions {
  /** What is told of them. */
  readonly store: ClusterStore;
  /** The node that they are on, as pods call it. */
  readonly nodeName: string;
  /** The path of the file that outlives the agent. */
  readonly path: string;
  /** How often it is looked for those that are gone, in ms. */
  readonly collectMs: number;
}

/** The pods' sandboxes of this node, as the CNI plugin tells of them; they outlive the agent. */
export class Sandboxes {
  readonly #options: SandboxesOptions;
  readonly #file: EndpointFile;
  /** The latest last. */
  readonly #sandboxes = new Map<EndpointKey, Sandbox>();

  /** Nothing is known until they are restored. */
  constructor(options: SandboxesOptions) {
    this.#options = options;
    this.#file = new EndpointFile(options.path);
  }

  /** How many there are, by their state. */
  get counts(): ReadonlyMap<Sandbox["state"], number> {
    const all = [...this.#sandboxes.values()];
    const states = ["waiting", "pending", "committed"] as const;
    return new Map(states.map((own) => [own, all.filter(({ state }) => state === own).length]));
  }

  /**
   * Takes up what an earlier agent was told. What it had not answered is left out: its plugin asks
   * again, or its runtime has given it up.
   */
  async restore(): Promise<void> {
    const { endpoints, heritage } = await this.#file.read();
    this.#options.store.restore(heritage);
    for (const { endpoint, isNetnsSeen, isCommitted } of endpoints) {
      if (!isCommitted) continue;
      const sandbox = new Sandbox(endpoint, isNetnsSeen);
      sandbox.state = "committed";
      sandbox.enforced = new Promise((resolve) => {
        this.#options.store.restoreEndpoint(endpoint, resolve);
      });
      this.#sandboxes.set(endpointKey(endpoint), sandbox);
    }
    await this.#collect();
    this.#save();
  }

  /** Looks from time to time for those that are gone, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await sleep(this.#options.collectMs, signal);
      if (!signal.aborted && await this.#collect()) this.#trySave();
    }
  }

  /**
   * Settles when the pod's rules are in the kernel.
   *
   * @throws {Refusal} 503 when they are not in time.
   */
  async add(endpoint: Endpoint): Promise<void> {
    const key = endpointKey(endpoint);
    const canLook = await isNetnsSeen(endpoint.netns);
    const known = this.#sandboxes.get(key);
    const sandbox = known?.isEqual(endpoint) ? known : this.#begin(new Sandbox(endpoint, canLook));
    await within(addMs, sandbox.enforced, () => {
      return new Refusal(503, `pod ${sandbox.podName}: its rules are not in the kernel yet`);
    });
    if (this.#sandboxes.get(key) !== sandbox) throw new Refusal(409, `${key}: deleted meanwhile`);
    if (sandbox.state === "committed") return;
    sandbox.state = "committed";
    try {
      this.#save();
    } catch (error) {
      sandbox.state = "pending";
      throw error;
    }
  }

  /** Forgets a sandbox, and whose its addresses were; one that is not known is none. */
  del(name: EndpointName): void {
    if (!this.#sandboxes.delete(endpointKey(name))) return;
    this.#options.store.retire(name);
    this.#trySave(); // where that fails, the next agent finds it gone
  }

  /**
   * Compares what a runtime believes with what is enforced.
   *
   * @throws {Refusal} 409 with the difference, 503 before the first sync.
   */
  check(believed: Endpoint): void {
    const { store } = this.#options;
    if (!store.isSynced) throw new Refusal(503, "the agent has not synced yet");
    const key = endpointKey(believed);
    const sandbox = this.#sandboxes.get(key);
    const difference = sandbox?.state === "committed"
      ? sandbox.differenceFrom(believed, store)
      : `${key}: found none, expected what an ADD announced`;
    if (difference !== undefined) throw new Refusal(409, difference);
  }

  #begin(sandbox: Sandbox): Sandbox {
    const key = endpointKey(sandbox.endpoint);
    this.#sandboxes.delete(key);
    this.#sandboxes.set(key, sandbox);
    sandbox.enforced = this.#enforce(sandbox);
    return sandbox;
  }

  /** Waits for the pod, writes it down as pending, and brings it to the kernel. */
  async #enforce(sandbox: Sandbox): Promise<void> {
    const { endpoint } = sandbox;
    const isCurrent = (): boolean => this.#sandboxes.get(endpointKey(endpoint)) === sandbox;
    try {
      await untilArrived(endpoint, this.#options);
      if (!isCurrent()) return;
      sandbox.state = "pending";
      this.#save();
    } catch (error) {
      if (isCurrent()) this.#sandboxes.delete(endpointKey(endpoint));
      throw error;
    }
    await this.#announce(endpoint);
  }

  #announce(endpoint: Endpoint): Promise<void> {
    return new Promise((resolve) => this.#options.store.announce(endpoint, resolve));
  }

  /** Forgets those whose DEL was missed; tells whether there were any. */
  async #collect(): Promise<boolean> {
    let hasFound = false;
    for (const [key, sandbox] of [...this.#sandboxes]) {
      if (sandbox.state === "waiting" || !await sandbox.isOver(this.#options.store)) continue;
      if (this.#sandboxes.get(key) !== sandbox) continue;
      logger.info("Sandbox {key} of pod {podName} is gone, and no DEL has told so", {
        ...{ key, podName: sandbox.podName },
      });
      this.#sandboxes.delete(key);
      this.#options.store.forgetEndpoint(sandbox.endpoint);
      hasFound = true;
    }
    return hasFound;
  }

  #save(): void {
    this.#file.save({ endpoints: [...this.#filed()], heritage: this.#options.store.heritage });
  }

  #trySave(): void {
    try {
      this.#save();
    } catch (error) {
      logger.error("Cannot write {path}: {error}", { path: this.#options.path, error });
    }
  }

  *#filed(): Iterable<FiledEndpoint> {
    for (const { endpoint, isNetnsSeen, state } of this.#sandboxes.values()) {
      if (state !== "waiting") yield { endpoint, isNetnsSeen, isCommitted: state === "committed" };
    }
  }
}
