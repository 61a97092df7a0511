import { keyOf } from "../../lib/model/object_key.ts";
import type { Identified } from "../../lib/watch/known.ts";
import type { Sink } from "../../lib/watch/sink.ts";

/** What a sink was told, and what there is for all that it was told. */
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
    this.calls.push(`upsert ${keyOf(object)}`);
    this.objects.set(keyOf(object), object);
  }

  remove(object: T): void {
    this.calls.push(`remove ${keyOf(object)}`);
    this.objects.delete(keyOf(object));
  }

  /** The keys of what there is, sorted. */
  get keys(): readonly string[] {
    return [...this.objects.keys()].sort();
  }
}
