// This module is pure.
import type { ObjectKey } from "../model/object_key.ts";

/** Who waits for news of single pods. */
export class PodListeners {
  readonly #listeners = new Map<ObjectKey, Set<() => void>>();

  /** Calls back at every news of a pod, until the function that it gives is called. */
  add(pod: ObjectKey, callback: () => void): () => void {
    const callbacks = this.#listeners.get(pod) ?? new Set();
    this.#listeners.set(pod, callbacks.add(callback));
    return () => {
      callbacks.delete(callback);
      if (callbacks.size === 0 && this.#listeners.get(pod) === callbacks) {
        this.#listeners.delete(pod);
      }
    };
  }

  /** There is news of a pod. */
  tell(pod: ObjectKey): void {
    for (const callback of [...this.#listeners.get(pod) ?? []]) callback();
  }

  /** There may be news of any. */
  tellAll(): void {
    for (const pod of [...this.#listeners.keys()]) this.tell(pod);
  }
}
