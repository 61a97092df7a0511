// This module is pure.
import { keyOf, type ObjectKey } from "../model/object_key.ts";
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

/** The objects of one kind as the sink knows them, so that it is told what happened and no more. */
export class Known<T extends Identified> {
  readonly #sink: Sink<T>;
  #objects: Map<ObjectKey, T> = new Map();

  /** Nothing is known yet. */
  constructor(sink: Sink<T>) {
    this.#sink = sink;
  }

  /** How many there are. */
  get size(): number {
    return this.#objects.size;
  }

  /** These are all, by key; the map is taken over. Of what is as it was the old record stays. */
  replace(objects: Map<ObjectKey, T>, at: number): void {
    for (const [key, before] of this.#objects) {
      if (isSame(before, objects.get(key))) objects.set(key, before);
    }
    this.#objects = objects;
    this.#sink.replace([...objects.values()], at);
  }

  /**
   * One is new or has changed. The same name with another UID is another object: the first one
   * ended, whether or not we were told. Most changes of pods and nodes are about what no record
   * holds (readiness, heartbeats, conditions): they are no news, and cost no pass.
   */
  upsert(object: T, at: number): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (isSame(before, object)) return;
    if (before !== undefined && before.uid !== object.uid) this.#sink.remove(before, at);
    this.#objects.set(key, object);
    this.#sink.upsert(object, at);
  }

  /** One is gone; what is told of an earlier one with the same name is no news. */
  remove(object: T, at: number): void {
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (before === undefined || before.uid !== object.uid) return;
    this.#objects.delete(key);
    this.#sink.remove(before, at);
  }
}
