// This module is pure.
import { keyOf } from "../model/object_key.ts";
import { isSame } from "../model/same.ts";
import type { Sink } from "./sink.ts";

/** What every record has. Records are plain data all the way down: that is how they are compared. */
export interface Identified {
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  /** With the namespace, where there is one, its name in the sink. */
  readonly name: string;
  /** Another one under the same name is another object. */
  readonly uid: string;
}

/** Tells a sink of the objects of one kind: what is news to it, and no more. */
export class Known<T extends Identified> {
  readonly #sink: Sink<T>;

  /** Nobody else tells the sink anything. */
  constructor(sink: Sink<T>) {
    this.#sink = sink;
  }

  /** How many there are. */
  get size(): number {
    return this.#sink.objects.size;
  }

  /** These are all, each name once. Of what is as it was the old record stays. */
  replace(objects: Iterable<T>, at: number): void {
    const all = Array.from(objects, (object) => {
      const before = this.#sink.objects.get(keyOf(object));
      return before !== undefined && isSame(before, object) ? before : object;
    });
    this.#sink.replace(all, at);
  }

  /**
   * One is new or has changed. The same name with another UID is another object: the first one
   * ended, whether or not we were told. Most changes of pods and nodes are about what no record
   * holds (readiness, heartbeats, conditions): they are no news, and cost no pass.
   */
  upsert(object: T, at: number): void {
    const before = this.#sink.objects.get(keyOf(object));
    if (isSame(before, object)) return;
    if (before !== undefined && before.uid !== object.uid) this.#sink.remove(before, at);
    this.#sink.upsert(object, at);
  }

  /** One is gone; what is told of an earlier one with the same name is no news. */
  remove(object: T, at: number): void {
    const before = this.#sink.objects.get(keyOf(object));
    if (before === undefined || before.uid !== object.uid) return;
    this.#sink.remove(before, at);
  }
}
