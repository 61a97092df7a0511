import type { AnswerMessage, CallMessage, Calls } from "./traffic_calls.ts";

type Settle = (message: AnswerMessage) => void;

/** A traffic worker, asked by calls that are typed and answered in any order. */
export class TrafficClient implements AsyncDisposable {
  readonly #worker: Worker;
  /** id of a call -> who waits for its answer */
  readonly #waiting = new Map<number, Settle>();
  #lastId = 0;

  constructor() {
    this.#worker = new Worker(new URL("traffic_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<AnswerMessage>) => {
      const settle = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      settle?.(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const [id, settle] of this.#waiting) settle({ id, error: event.message });
      this.#waiting.clear();
    };
  }

  /** Asks the worker; its errors are thrown here. */
  call<K extends keyof Calls>(
    name: K,
    question: Calls[K]["question"],
  ): Promise<Calls[K]["answer"]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (message) => {
        // The worker's types have tied the answer to the name.
        if ("error" in message) reject(new Error(message.error));
        else resolve(message.answer as Calls[K]["answer"]);
      });
      this.#worker.postMessage({ id, name, question } satisfies CallMessage);
    });
  }

  /** Closes all its sockets and ends the thread. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.call("stop", null);
    this.#worker.terminate();
  }
}
