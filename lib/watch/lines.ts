// This module is pure.
import { GarbledError } from "./garbled_error.ts";

/** More than any object that the API stores (1.5 MB in etcd). */
const longestLine = 32 * 1024 * 1024;

const newline = 0x0a;

/**
 * Cuts a stream of bytes into lines. A line that is cut in half by the end of a chunk is put
 * together; what follows the last line break is kept back, and at the end of the stream it is no
 * line.
 */
export class LineSplitter {
  readonly #longest: number;
  /** The beginning of a line whose end has not come yet. */
  #parts: Uint8Array[] = [];
  #partsLength = 0;

  /** `longest` is how many bytes a line may have. */
  constructor(longest: number = longestLine) {
    this.#longest = longest;
  }

  /** How many bytes are kept back. */
  get pending(): number {
    return this.#partsLength;
  }

  /**
   * Takes the next chunk, and hands out the lines that it completes, without their breaks; empty
   * ones are left out. The chunk may be used again when it returns, and so may a line's bytes.
   *
   * @throws {GarbledError} for a line that does not end, and whatever `take` throws.
   */
  push(chunk: Uint8Array, take: (line: Uint8Array) => void): void {
    let start = 0;
    let end = chunk.indexOf(newline);
    while (end >= 0) {
      const line = this.#complete(chunk.subarray(start, end));
      if (line.length > 0) take(line);
      start = end + 1;
      end = chunk.indexOf(newline, start);
    }
    if (start < chunk.length) this.#keep(chunk.slice(start));
  }

  #complete(last: Uint8Array): Uint8Array {
    if (this.#partsLength === 0) return last;
    const line = new Uint8Array(this.#partsLength + last.length);
    let offset = 0;
    for (const part of this.#parts) {
      line.set(part, offset);
      offset += part.length;
    }
    line.set(last, offset);
    this.#parts = [];
    this.#partsLength = 0;
    return line;
  }

  #keep(part: Uint8Array): void {
    this.#parts.push(part);
    this.#partsLength += part.length;
    if (this.#partsLength <= this.#longest) return;
    throw new GarbledError(`a line of more than ${this.#longest} bytes`);
  }
}
