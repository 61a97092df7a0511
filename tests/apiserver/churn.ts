import { type ClusterSize, generatePod } from "./generate.ts";
import type { ObjectStore } from "./store.ts";

/** How often the next portion of changes is due. */
const tickMs = 10;

/** Changes pods' labels at a rate, one pod after the other, until it is disposed of. */
export class Churn implements Disposable {
  readonly #timer: ReturnType<typeof setInterval>;
  #changes = 0;

  /** `rate` is how many pods change in a second. */
  constructor(store: ObjectStore, { rate, size }: { rate: number; size: ClusterSize }) {
    const startedAt = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const due = (now - startedAt) / 1000 * rate;
      // No more than half of the time, so that what is changed can be told.
      while (this.#changes < due && performance.now() - now < tickMs / 2) {
        store.put(changedPod(this.#changes++, size));
      }
    }, tickMs);
  }

  /** How many pods have been changed. */
  get changes(): number {
    return this.#changes;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** The pod that the change of a number is about: its next version, with another label. */
export function changedPod(change: number, size: ClusterSize): ReturnType<typeof generatePod> {
  const pod = generatePod(change % size.pods, size);
  const turn = `${Math.floor(change / size.pods) + 1}`;
  const { metadata } = pod;
  const { labels } = metadata as { readonly labels?: Readonly<Record<string, string>> };
  return { ...pod, metadata: { ...metadata, ...{ labels: { ...labels, turn } } } };
}
