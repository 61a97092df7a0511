import { getLogger } from "@logtape/logtape";
import type { ClusterStore } from "../cluster/store.ts";
import {
  type Endpoint,
  type EndpointKey,
  endpointKey,
  type EndpointName,
} from "../model/endpoint.ts";
import { endedBut } from "../model/heritage.ts";
import { sleep } from "../watch/backoff.ts";
import { EndpointFile } from "./endpoint_file.ts";
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
  /** Those that wait for their pod: nobody else knows of them, and what they would replace stands. */
  readonly #waiting = new Map<EndpointKey, Sandbox>();
  /** Those that the store knows, the latest last. */
  readonly #announced = new Map<EndpointKey, Sandbox>();

  /** Nothing is known until they are restored. */
  constructor(options: SandboxesOptions) {
    this.#options = options;
    this.#file = new EndpointFile(options.path);
  }

  /** How many there are, by their state. */
  get counts(): ReadonlyMap<Sandbox["state"], number> {
    const all = [...this.#waiting.values(), ...this.#announced.values()];
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
      this.#announced.set(endpointKey(endpoint), sandbox);
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
    const known = this.#waiting.get(key) ?? this.#announced.get(key);
    const sandbox = known?.isEqual(endpoint) ? known : this.#begin(new Sandbox(endpoint, canLook));
    await within(addMs, sandbox.enforced, () => {
      return new Refusal(503, `pod ${sandbox.podName}: its rules are not in the kernel yet`);
    });
    if (this.#announced.get(key) !== sandbox) throw new Refusal(409, `${key}: deleted meanwhile`);
    if (sandbox.state === "committed") return;
    sandbox.state = "committed";
    try {
      this.#save();
    } catch (error) {
      sandbox.state = "pending";
      throw error;
    }
    sandbox.follows = undefined;
  }

  /** Forgets a sandbox, and whose its addresses were; one that is not known is none. */
  del(name: EndpointName): void {
    const key = endpointKey(name);
    this.#waiting.delete(key);
    if (!this.#announced.delete(key)) return;
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
    const sandbox = this.#announced.get(key);
    const difference = sandbox?.state === "committed"
      ? sandbox.differenceFrom(believed, store)
      : `${key}: found none, expected what an ADD announced`;
    if (difference !== undefined) throw new Refusal(409, difference);
  }

  #begin(sandbox: Sandbox): Sandbox {
    this.#waiting.set(endpointKey(sandbox.endpoint), sandbox);
    sandbox.enforced = this.#enforce(sandbox);
    return sandbox;
  }

  /** Waits for the pod, and brings it to the kernel where no DEL and no other ADD came meanwhile. */
  async #enforce(sandbox: Sandbox): Promise<void> {
    const key = endpointKey(sandbox.endpoint);
    const isCurrent = (): boolean => this.#waiting.get(key) === sandbox;
    try {
      await untilArrived(sandbox.endpoint, this.#options);
      if (!isCurrent()) return;
      this.#replace(key, sandbox);
    } finally {
      if (isCurrent()) this.#waiting.delete(key);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#options.store.announce(sandbox.endpoint, resolve);
    await promise;
  }

  /** Writes one down as pending, and puts it in the place of what was announced before it. */
  #replace(key: EndpointKey, sandbox: Sandbox): void {
    const former = this.#announced.get(key);
    sandbox.state = "pending";
    this.#save(sandbox); // where that fails, all is as it was
    if (former?.state === "committed") {
      former.held = this.#options.store.addressesOf(former.endpoint);
      sandbox.follows = former;
    } else sandbox.follows = former?.follows;
    this.#announced.delete(key);
    this.#announced.set(key, sandbox);
  }

  /** Forgets those whose DEL was missed; tells whether there were any. */
  async #collect(): Promise<boolean> {
    let hasFound = false;
    for (const [key, sandbox] of [...this.#announced]) {
      if (!await sandbox.isOver(this.#options.store)) continue;
      if (this.#announced.get(key) !== sandbox) continue;
      logger.info("Sandbox {key} of pod {podName} is gone, and no DEL has told so", {
        ...{ key, podName: sandbox.podName },
      });
      this.#announced.delete(key);
      this.#options.store.forgetEndpoint(sandbox.endpoint);
      hasFound = true;
    }
    return hasFound;
  }

  /** Writes down those that are announced, and one that is about to be. */
  #save(...next: readonly Sandbox[]): void {
    const sandboxes = [...this.#announced.values(), ...next];
    const endpoints = sandboxes.flatMap(({ filed }) => filed);
    const { eras, ended } = this.#options.store.heritage;
    const kept = sandboxes.flatMap(({ kept }) => kept);
    this.#file.save({ endpoints, heritage: { eras, ended: kept.reduce(endedBut, ended) } });
  }

  #trySave(): void {
    try {
      this.#save();
    } catch (error) {
      logger.error("Cannot write {path}: {error}", { path: this.#options.path, error });
    }
  }
}
