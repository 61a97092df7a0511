// This module is pure.
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import { isSame } from "../model/same.ts";

/** What a kind tells of itself. */
export interface KindListener<T> {
  /** An object is not what it was; undefined where there was, or is, none. */
  changed(before: T | undefined, after: T | undefined): void;
  /** One event has been taken, and has changed something. */
  event(at: number): void;
  /** The kind has been told whole, for the first time or again. */
  synced(at: number): void;
}

/** The objects of one kind: a sink of its events. */
export class Kind<T extends { readonly namespace?: string; readonly name: string }> {
  readonly #objects = new Map<ObjectKey, T>();
  readonly #listener: KindListener<T>;
  #synced = false;

  /** The listener hears of each event when `objects` already says so. */
  constructor(listener: KindListener<T>) {
    this.#listener = listener;
  }

  /** namespace/name -> object. */
  get objects(): ReadonlyMap<ObjectKey, T> {
    return this.#objects;
  }

  /** True once the kind has been told whole. */
  get isSynced(): boolean {
    return this.#synced;
  }

  /** Takes the whole kind: what is not among `objects` is gone. */
  replace(objects: readonly T[], at: number): void {
    const gone = new Map(this.#objects);
    for (const object of objects) gone.delete(keyOf(object));
    for (const key of gone.keys()) this.#set(key, undefined);
    for (const object of objects) this.#set(keyOf(object), object);
    this.#synced = true;
    this.#listener.synced(at);
  }

  /** Takes an object that is new or has changed; one that says what is known already is no news. */
  upsert(object: T, at: number): void {
    if (this.#set(keyOf(object), object)) this.#listener.event(at);
  }

  /** Takes note that an object is gone; one that is not known is none. */
  remove(object: T, at: number): void {
    if (this.#set(keyOf(object), undefined)) this.#listener.event(at);
  }

  /** Tells whether that changed anything. What is known already stays the same record. */
  #set(key: ObjectKey, after: T | undefined): boolean {
    const before = this.#objects.get(key);
    if (isSame(before, after)) return false;
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, after);
    this.#listener.changed(before, after);
    return true;
  }
}
