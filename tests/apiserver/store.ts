import { isDeepStrictEqual } from "node:util";
import { Collection } from "./collection.ts";
import { type ApiObject, keyOfObject, type LooseObject, servedKinds } from "./kinds.ts";
import { applyConditions, type StatusApply } from "./status.ts";
import { Stored } from "./stored.ts";
import type { StatusOptions } from "./wire.ts";

/** What a store is made with. */
export interface ObjectStoreOptions {
  /** How many changes of each kind are remembered; 5,000 where nothing is said. */
  readonly historyLength?: number;
  /** The version at which its history begins; 1 where nothing is said. */
  readonly version?: number;
}

/** All objects, and one history of versions for all kinds, as etcd has it. */
export class ObjectStore {
  /** resource -> its objects */
  readonly collections: ReadonlyMap<string, Collection>;
  #version: number;

  constructor({ historyLength = 5000, version = 1 }: ObjectStoreOptions = {}) {
    this.#version = version;
    this.collections = new Map(
      servedKinds.map((kind) => [kind.resource, new Collection(kind, historyLength)]),
    );
    for (const collection of this.collections.values()) collection.compact(version);
  }

  /** The version of the last change. */
  get version(): number {
    return this.#version;
  }

  /** The objects of one resource; throws for one that is not served. */
  collection(resource: string): Collection {
    const collection = this.collections.get(resource);
    if (collection === undefined) throw new RangeError(`Cannot find resource "${resource}"`);
    return collection;
  }

  /** Creates or replaces an object; version, UID and creation time are filled in. */
  put(loose: LooseObject): Stored {
    const object = withName(loose);
    const collection = this.#collectionOf(object);
    const key = keyOfObject(object);
    const before = collection.objects.get(key);
    const version = ++this.#version;
    const metadata = {
      uid: before?.uid ?? crypto.randomUUID(),
      creationTimestamp: before?.createdAt ?? new Date().toISOString().replace(/\.\d+/, ""),
      ...object.metadata,
      resourceVersion: `${version}`,
    };
    const { kind, apiVersion, isCustom = false } = collection.kind;
    const value = { kind, apiVersion, ...object, metadata };
    const after = new Stored(key, isCustom ? succeed(value, before?.value) : value, version);
    collection.apply(key, { version, before, after });
    return after;
  }

  /** Applies a status, as `PATCH …/status`; tells what is there then, or why it cannot. */
  applyStatus(resource: string, key: string, apply: StatusApply): Stored | StatusOptions {
    const collection = this.collection(resource);
    const before = collection.objects.get(key);
    const message = `${resource} "${key}" not found`;
    if (before === undefined) return { code: 404, reason: "NotFound", message };
    const applied = applyConditions(before.value, apply);
    if ("code" in applied) return applied;
    if (isDeepStrictEqual(applied, before.value)) return before;
    const version = ++this.#version;
    const metadata = { ...applied.metadata, resourceVersion: `${version}` };
    const after = new Stored(key, { ...applied, metadata }, version);
    collection.apply(key, { version, before, after });
    return after;
  }

  /** Deletes an object; tells whether there was one. */
  delete(resource: string, key: string): boolean {
    const collection = this.collection(resource);
    const before = collection.objects.get(key);
    if (before === undefined) return false;
    const version = ++this.#version;
    collection.apply(key, { version, before, after: undefined });
    return true;
  }

  /** Lets time pass: the version grows, as it does when other kinds change. */
  advance(by: number = 1): void {
    this.#version += by;
  }

  /** Forgets the history: who stands further back has to list anew. */
  compact(): void {
    for (const collection of this.collections.values()) collection.compact(this.#version);
  }

  #collectionOf({ kind }: ApiObject): Collection {
    const served = servedKinds.find((candidate) => candidate.kind === kind);
    if (served === undefined) throw new RangeError(`Cannot store kind "${kind}"`);
    return this.collection(served.resource);
  }
}

/** Counts the changes of the spec; the status is not what is put, but what was there. */
function succeed({ status: _, ...object }: ApiObject, before: ApiObject | undefined): ApiObject {
  const { generation = 0, managedFields } = before?.metadata ?? {};
  const isSame = before !== undefined && isDeepStrictEqual(before.spec, object.spec);
  const metadata = { ...object.metadata, generation: isSame ? generation : generation + 1 };
  if (before?.status === undefined) return { ...object, metadata };
  const managed = managedFields === undefined ? {} : { managedFields };
  return { ...object, metadata: { ...metadata, ...managed }, status: before.status };
}

function withName(object: LooseObject): ApiObject {
  const { metadata } = object;
  const { name } = metadata ?? {};
  if (name === undefined) throw new RangeError(`Cannot store a ${object.kind} without a name`);
  return { ...object, metadata: { ...metadata, name } };
}
