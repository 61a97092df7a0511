// This module is pure.
import { JsonCutter } from "../decode/json_cutter.ts";
import { fieldsOf, type JsonShape, whole } from "../decode/json_shape.ts";
import { parseWatchEvent, type WatchEvent } from "./watch_event.ts";

/** Reads the lines of a watch as they arrive; of objects, what is wanted and nothing else. */
export class EventReader {
  readonly #decoder = new TextDecoder();
  readonly #cutter = new JsonCutter();
  /** The shape of an event; undefined: all of it. */
  readonly #shape: JsonShape | undefined;

  /** `object` is what is wanted of an object; there may be more in it all the same. */
  constructor(object: JsonShape) {
    this.#shape = object.kind === "whole" ? undefined : fieldsOf({ type: whole, object });
  }

  /**
   * Reads a line.
   *
   * @throws {GarbledError} for what is none.
   */
  read(line: Uint8Array): WatchEvent {
    if (this.#shape === undefined) return this.#parse(line);
    const event = this.#parse(this.#cutter.cut(line, this.#shape));
    // Bookmarks and errors say other things; they are rare, and short.
    return "object" in event ? event : this.#parse(line);
  }

  #parse(bytes: Uint8Array): WatchEvent {
    return parseWatchEvent(this.#decoder.decode(bytes));
  }
}
