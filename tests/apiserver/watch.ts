import { type Change, type Collection, told } from "./collection.ts";
import { EventStream } from "./event_stream.ts";
import type { FieldSelector } from "./field_selector.ts";
import type { Stored } from "./stored.ts";
import { bookmarkLine, errorLine, eventLine, type StatusOptions } from "./wire.ts";

/** What a watch was asked with. */
export interface WatchRequest {
  readonly collection: Collection;
  readonly selects: FieldSelector;
  /** Where it begins; undefined: with everything that there is. */
  readonly from: number | undefined;
  /** True for a streamed list: a bookmark tells the end of what there is. */
  readonly isStreamedList: boolean;
  readonly timeoutMs: number;
  /** How often the version is told; undefined: never. */
  readonly bookmarkMs: number | undefined;
  /** The version of the whole store, now. */
  readonly version: () => number;
}

/** One open watch. */
export class Watch {
  readonly request: WatchRequest;
  readonly #stream: EventStream;
  readonly #timers: ReturnType<typeof setTimeout>[] = [];
  readonly #silence: () => void;
  readonly #over: (watch: Watch) => void;

  /** `over` is called when it has come to its end, whoever ended it. */
  constructor(request: WatchRequest, over: (watch: Watch) => void) {
    this.request = request;
    this.#over = over;
    this.#stream = new EventStream(firstLines(request), () => this.#finish());
    this.#silence = request.collection.listen((change) => this.#tell(change));
    if (request.bookmarkMs !== undefined) {
      this.#timers.push(setInterval(() => this.bookmark(), request.bookmarkMs));
    }
    this.#timers.push(setTimeout(() => this.#stream.end(), request.timeoutMs));
  }

  /** What is sent. */
  get body(): ReadableStream<Uint8Array> {
    return this.#stream.body;
  }

  /** Tells how far the history is. */
  bookmark(): void {
    const { collection, version } = this.request;
    this.#stream.send(bookmarkLine(collection.kind, { version: version(), endsList: false }));
  }

  /** Sends any text at all. */
  sendText(text: string): void {
    this.sendBytes(new TextEncoder().encode(text));
  }

  /** Sends any bytes at all. */
  sendBytes(bytes: Uint8Array): void {
    this.#stream.send(bytes);
  }

  /** Ends it with an error, as the API does. */
  error(status: StatusOptions): void {
    this.#stream.end(errorLine(status));
  }

  /** Sends nothing any more until it is frozen no more; nothing is lost. */
  freeze(isFrozen: boolean): void {
    this.#stream.freeze(isFrozen);
  }

  /** Ends it in good order when everything has been told. */
  complete(): void {
    this.#stream.complete();
  }

  /** Ends it in good order at once, where asked for after half of the line about an object. */
  end(half?: Stored): void {
    const line = half && eventLine({ type: "MODIFIED", object: half });
    this.#stream.end(line?.subarray(0, line.length / 2));
  }

  #tell(change: Change): void {
    const { from, selects } = this.request;
    // As the real one: who claims to have seen the future hears nothing until it has come.
    if (from !== undefined && change.version <= from) return;
    const event = told(change, selects);
    if (event !== undefined) this.#stream.send(eventLine(event));
  }

  #finish(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#silence();
    this.#over(this);
  }
}

/** What is there already: the objects, or what happened since the version that was asked for. */
function firstLines(request: WatchRequest): Iterator<Uint8Array> {
  const { collection, selects, from, isStreamedList, version } = request;
  if (from !== undefined) return changeLines(collection.since(from), selects);
  const objects = [...collection.objects.values()].filter(({ fields }) => selects(fields));
  const end = { version: version(), endsList: true };
  return objectLines(objects, isStreamedList ? bookmarkLine(collection.kind, end) : undefined);
}

function* changeLines(changes: readonly Change[], selects: FieldSelector): Generator<Uint8Array> {
  for (const change of changes) {
    const event = told(change, selects);
    if (event !== undefined) yield eventLine(event);
  }
}

function* objectLines(
  objects: readonly Stored[],
  end: Uint8Array | undefined,
): Generator<Uint8Array> {
  for (const object of objects) yield eventLine({ type: "ADDED", object });
  if (end !== undefined) yield end;
}
