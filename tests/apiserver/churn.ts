import { monotonicMs } from "../lab/clock.ts";
import type { Change } from "./change.ts";
import type { GeneratedObject } from "./generated.ts";
import { keyOfObject, servedKinds } from "./kinds.ts";
import type { ObjectStore } from "./store.ts";

/** How often the next portion of changes is due. */
const tickMs = 5;

/** The annotation that says when the server was told, on the monotonic clock of the machine. */
export const sentAt = "example.org/sent-at";

/** What happens to a cluster, and how fast. */
export interface ChurnOptions {
  readonly changes: Iterator<Change>;
  /** How many changes there are in a second. */
  readonly rate: number;
}

/** Changes a cluster at a rate, until it is disposed of. */
export class Churn implements Disposable {
  readonly #store: ObjectStore;
  readonly #timer: ReturnType<typeof setInterval>;
  #count = 0;

  constructor(store: ObjectStore, { changes, rate }: ChurnOptions) {
    this.#store = store;
    const startedAt = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      const due = (now - startedAt) / 1000 * rate;
      // No more than half of the time, so that what is changed can be told.
      while (this.#count < due && performance.now() - now < tickMs / 2) {
        const { done, value } = changes.next();
        if (done) return clearInterval(this.#timer);
        this.#make(value);
      }
    }, tickMs);
  }

  /** How many changes have been made. */
  get count(): number {
    return this.#count;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #make({ kind, object }: Change): void {
    this.#count++;
    if (kind === "delete") this.#store.delete(resourceOf(object), keyOfObject(object));
    else this.#store.put(stamped(object));
  }
}

function resourceOf({ kind }: GeneratedObject): string {
  return servedKinds.find((served) => served.kind === kind)?.resource ?? "";
}

function stamped(object: GeneratedObject): GeneratedObject {
  const { metadata } = object;
  const annotations = { ...metadata.annotations, [sentAt]: `${monotonicMs()}` };
  return { ...object, metadata: { ...metadata, annotations } };
}
