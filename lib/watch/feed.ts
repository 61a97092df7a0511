import { whole } from "../decode/json_shape.ts";
import { ApiError } from "./api_error.ts";
import { EventReader } from "./event_reader.ts";
import { Gathering } from "./gathering.ts";
import { IssueBook } from "./issue_book.ts";
import { type Identified, Known } from "./known.ts";
import type { List } from "./list_pages.ts";
import type { Resource } from "./resources.ts";
import type { Sink } from "./sink.ts";
import type { WatchEvent } from "./watch_event.ts";

type ObjectEvent = Extract<WatchEvent, { readonly object: unknown }>;
type Bookmark = Extract<WatchEvent, { readonly type: "BOOKMARK" }>;

/** Takes what a list or a watch brings, and tells the sink. It knows how far it has come. */
export class Feed<T extends Identified> {
  readonly #resource: Resource<T>;
  readonly #reader: EventReader;
  readonly #known: Known<T>;
  readonly #issues = new IssueBook();
  #gathering: Gathering<T> | undefined;
  #version: string | undefined;
  #isSynced = false;
  #progress = 0;

  /** Nothing is known and nothing is listed yet. */
  constructor(resource: Resource<T>, sink: Sink<T>) {
    this.#resource = resource;
    this.#reader = new EventReader(resource.shape ?? whole);
    this.#known = new Known(sink);
  }

  /** The version up to which everything was seen; undefined where only a list helps. */
  get version(): string | undefined {
    return this.#version;
  }

  /** True once there was a whole list. */
  get isSynced(): boolean {
    return this.#isSynced;
  }

  /** True while a streamed list comes in. */
  get isListing(): boolean {
    return this.#gathering !== undefined;
  }

  /** How many events have been taken that were not part of a list. */
  get progress(): number {
    return this.#progress;
  }

  /** How many objects there are. */
  get size(): number {
    return this.#known.size;
  }

  /** What cannot be understood in the objects that there are, a line each. */
  get issues(): readonly string[] {
    return this.#issues.lines;
  }

  /** Where we stood means nothing any more: a list is needed. What is known stays until then. */
  lose(): void {
    this.#version = undefined;
  }

  /** What comes next is a streamed list, until its end is told. */
  beginList(): void {
    this.#gathering = new Gathering(this.#resource);
  }

  /** The streamed list broke off. */
  dropList(): void {
    this.#gathering = undefined;
  }

  /** Takes a whole list: what is not in it is gone. */
  replace({ gathering, version }: List<T>, at: number): void {
    this.#issues.replace(gathering.issues);
    this.#known.replace(gathering.objects.values(), at);
    this.#version = version;
    this.#isSynced = true;
  }

  /** There is no such kind, and so no object of it. What the sink knows already is not told. */
  clear(at: number): void {
    this.#issues.replace(new Map());
    if (!this.#isSynced || this.size > 0) this.#known.replace([], at);
    this.#version = undefined;
    this.#isSynced = true;
  }

  /**
   * Takes one line of a watch that arrived at `at`; its bytes may be used again afterwards.
   *
   * @throws {GarbledError} for what is none.
   * @throws {ApiError} for what the server says instead of going on.
   */
  take(line: Uint8Array, at: number): void {
    const event = this.#reader.read(line);
    switch (event.type) {
      case "ERROR":
        throw new ApiError(`get ${this.#resource.path}`, event.refusal);
      case "BOOKMARK":
        return this.#takeBookmark(event, at);
      case "ADDED":
      case "MODIFIED":
      case "DELETED":
        return this.#gathering === undefined ? this.#apply(event, at) : this.#gather(event);
      default:
        return event satisfies never;
    }
  }

  #takeBookmark({ version, endsList }: Bookmark, at: number): void {
    const gathering = this.#gathering;
    if (gathering === undefined) return this.#advance(version);
    if (!endsList || version === undefined) return;
    this.#gathering = undefined;
    this.replace({ gathering, version }, at);
  }

  #gather({ type, object }: ObjectEvent): void {
    if (type === "DELETED") this.#gathering?.delete(object);
    else this.#gathering?.add(object);
  }

  #apply({ type, object: value, version }: ObjectEvent, at: number): void {
    const { object, issues } = this.#resource.decode(value);
    if (type === "DELETED") {
      this.#issues.forget(value);
      if (object !== undefined) this.#known.remove(object, at);
    } else {
      this.#issues.note(value, issues);
      if (object !== undefined) this.#known.upsert(object, at);
    }
    this.#advance(version);
  }

  #advance(version: string | undefined): void {
    if (version !== undefined) this.#version = version;
    this.#progress++;
  }
}
