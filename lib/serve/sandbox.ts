import type { ClusterStore } from "../cluster/store.ts";
import type { IpAddress } from "../model/address.ts";
import { type Endpoint, endpointKey } from "../model/endpoint.ts";
import type { EndedClaims } from "../model/heritage.ts";
import { keyOf } from "../model/object_key.ts";
import type { FiledEndpoint } from "./endpoint_file.ts";
import { isNetnsGone } from "./netns.ts";

/** How long a sandbox whose namespace cannot be looked at is kept without its pod, in ms. */
const lostMs = 60_000;

/** A pod's sandbox, from its ADD to its DEL. */
export class Sandbox {
  /** As it was announced. */
  readonly endpoint: Endpoint;
  /** Whether its network namespace could be looked at when it was announced. */
  readonly isNetnsSeen: boolean;
  /** Waiting for its pod; on its way to the kernel; in it, and its plugin may be told so. */
  state: "waiting" | "pending" | "committed" = "waiting";
  /** The committed one whose place it takes, for as long as it is not committed itself. */
  follows: Sandbox | undefined = undefined;
  /** What it still had of its addresses when another took its place. */
  held: readonly IpAddress[] = [];
  /** Settles when the pass that brought it to the kernel is through. */
  enforced: Promise<void> = Promise.resolve();
  #lostAt: number | undefined;

  /** It waits for its pod. */
  constructor(endpoint: Endpoint, isNetnsSeen: boolean) {
    this.endpoint = endpoint;
    this.isNetnsSeen = isNetnsSeen;
  }

  /** Its pod, as `namespace/name`. */
  get podName(): string {
    const { podNamespace, podName } = this.endpoint;
    return `${podNamespace}/${podName}`;
  }

  /** What the next agent is to know of it; while it is pending, of the one that it follows, too. */
  get filed(): readonly FiledEndpoint[] {
    const { endpoint, isNetnsSeen, state } = this;
    const former = this.#former?.filed ?? [];
    return [...former, { endpoint, isNetnsSeen, isCommitted: state === "committed" }];
  }

  /** The claims of the one that it follows, which end in the file only when it is committed itself. */
  get kept(): readonly EndedClaims[] {
    if (this.#former === undefined) return [];
    const { endpoint, held: addresses } = this.#former;
    const { podNamespace: namespace, podName: name, podUID: uid } = endpoint;
    return [{ namespace, name, uid, addresses }];
  }

  /** Who comes back if the agent is killed now. */
  get #former(): Sandbox | undefined {
    return this.state === "committed" ? undefined : this.follows;
  }

  /** Whether the very same was announced: the same pod, by the same interface. */
  isEqual(other: Endpoint): boolean {
    const { hostInterface, bridge } = this.endpoint;
    return this.isLike(other) && hostInterface === other.hostInterface && bridge === other.bridge;
  }

  /** Whether the same pod was announced, with the same addresses. */
  isLike({ podNamespace, podName, podUID, ips }: Endpoint): boolean {
    const own = this.endpoint;
    return own.podNamespace === podNamespace && own.podName === podName && own.podUID === podUID &&
      own.ips.length === ips.length && own.ips.every((ip) => ips.includes(ip));
  }

  /** What is otherwise than a runtime believes; undefined where all is as it should be. */
  differenceFrom(believed: Endpoint, store: ClusterStore): string | undefined {
    const key = endpointKey(believed);
    if (!this.isLike(believed)) {
      const { podNamespace, podName, ips } = believed;
      const expected = `${podNamespace}/${podName} with ${ips.join(", ")}`;
      const found = `${this.podName} with ${this.endpoint.ips.join(", ")}`;
      return `${key}: found pod ${found}, expected ${expected}`;
    }
    for (const ip of believed.ips) {
      const pod = store.owners.get(ip) ?? store.departed.get(ip);
      const owner = pod === undefined ? "nobody" : keyOf(pod);
      if (owner !== this.podName) return `${ip}: found owner ${owner}, expected ${this.podName}`;
    }
    return undefined;
  }

  /**
   * Whether its DEL was missed: its network namespace is gone. Where that cannot be looked at, its
   * pod must have been gone for a minute.
   */
  async isOver(store: ClusterStore): Promise<boolean> {
    if (this.isNetnsSeen) return await isNetnsGone(this.endpoint.netns);
    const now = performance.now();
    const isLost = store.isSynced && store.objects.podOf(this.endpoint) === undefined;
    this.#lostAt = isLost ? this.#lostAt ?? now : undefined;
    return this.#lostAt !== undefined && now - this.#lostAt >= lostMs;
  }
}
