import { keyOf } from "../../lib/model/object_key.ts";
import type { Identified } from "../../lib/watch/known.ts";
import type { Sink } from "../../lib/watch/sink.ts";

/**
 * What a sink was told, and what there is for all that it was told. It throws where a reflector
 * tells less, or more, than it has promised.
 */
export class RecordingSink<T extends Identified> implements Sink<T> {
  /** key -> object */
  readonly objects = new Map<string, T>();
  /** `replace 3`, `upsert shop/web`, `remove shop/web`, in their order. */
  readonly calls: string[] = [];

  replace(objects: readonly T[]): void {
    this.calls.push(`replace ${objects.length}`);
    this.objects.clear();
    for (const object of objects) this.objects.set(keyOf(object), object);
  }

  upsert(object: T): void {
    const key = keyOf(object);
    const before = this.objects.get(key);
    if (this.calls.length === 0) throw new Error(`Cannot take ${key}: there was no list`);
    if (before !== undefined && before.uid !== object.uid) {
      throw new Error(`Cannot take ${key}: another object of its name was not removed`);
    }
    this.calls.push(`upsert ${key}`);
    this.objects.set(key, object);
  }

  remove(object: T): void {
    const key = keyOf(object);
    if (!this.objects.delete(key)) throw new Error(`Cannot remove ${key}: there is none`);
    this.calls.push(`remove ${key}`);
  }

  /** The keys of what there is, sorted. */
  get keys(): readonly string[] {
    return [...this.objects.keys()].sort();
  }
}
