/** So many bytes go out at once, where there are so many. */
const chunkSize = 128 * 1024;

/** The body of a watch: lines go in as they happen, and out as the client takes them. */
export class EventStream {
  readonly body: ReadableStream<Uint8Array>;
  readonly #ended: () => void;
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #first: Iterator<Uint8Array>;
  #waiting: Uint8Array[] = [];
  /** How many of those that wait have gone out. */
  #gone = 0;
  #isFrozen = false;
  #isComplete = false;
  #isOver = false;
  #wake: () => void = () => {};

  /** `first` is what goes out before everything else; `ended` is called when the stream is over. */
  constructor(first: Iterator<Uint8Array>, ended: () => void) {
    this.#first = first;
    this.#ended = ended;
    this.body = new ReadableStream({
      start: (controller) => {
        this.#controller = controller;
      },
      pull: () => this.#pull(),
      cancel: () => this.#finish(),
    }, { highWaterMark: 1 });
  }

  /** Sends a line as soon as the client takes it. */
  send(line: Uint8Array): void {
    if (this.#isOver) return;
    this.#waiting.push(line);
    this.#wake();
  }

  /** Sends nothing, for as long as it is frozen: what comes meanwhile waits. */
  freeze(isFrozen: boolean): void {
    this.#isFrozen = isFrozen;
    this.#wake();
  }

  /** Ends in good order, after `last`; what still waits is lost. */
  end(last?: Uint8Array): void {
    if (this.#isOver) return;
    if (last !== undefined) this.#controller?.enqueue(last);
    if (this.#isOver) return; // with the last line it was given up by whoever takes them
    this.#controller?.close();
    this.#finish();
  }

  /** Ends in good order once all that waits has gone out. */
  complete(): void {
    this.#isComplete = true;
    this.#wake();
  }

  async #pull(): Promise<void> {
    while (!this.#isOver) {
      const chunk = this.#isFrozen ? undefined : this.#take();
      if (chunk !== undefined) {
        this.#controller?.enqueue(chunk);
        return;
      }
      if (this.#isComplete && !this.#isFrozen) return this.end();
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #take(): Uint8Array | undefined {
    const lines: Uint8Array[] = [];
    let size = 0;
    for (let next = this.#first.next(); !next.done; next = this.#first.next()) {
      lines.push(next.value);
      size += next.value.length;
      if (size >= chunkSize) return concatenate(lines, size);
    }
    while (size < chunkSize && this.#gone < this.#waiting.length) {
      const line = this.#waiting[this.#gone++];
      if (line === undefined) break;
      lines.push(line);
      size += line.length;
    }
    if (this.#gone === this.#waiting.length) {
      this.#waiting = [];
      this.#gone = 0;
    }
    return size === 0 ? undefined : concatenate(lines, size);
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#first = [][Symbol.iterator]();
    this.#waiting = [];
    this.#gone = 0;
    this.#wake();
    this.#ended();
  }
}

/** A body that sends what an iterator gives, in large parts. */
export function streamOf(parts: Iterator<Uint8Array>): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller): void {
      const taken: Uint8Array[] = [];
      let size = 0;
      while (size < chunkSize) {
        const next = parts.next();
        if (next.done) break;
        taken.push(next.value);
        size += next.value.length;
      }
      if (size > 0) controller.enqueue(concatenate(taken, size));
      else controller.close();
    },
  }, { highWaterMark: 1 });
}

function concatenate(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
