import { checked, libc } from "./libc.ts";

const EPOLL_CLOEXEC = 0o2000000;
const CTL_ADD = 1;
const CTL_DEL = 2;
const CTL_MOD = 3;
const MAX_EVENTS = 256;
/** How long a wait lasts at most, and so how long a stop may take. */
const WAIT_MS = 50;

/** The kernel packs the structure on x86_64 only. */
const packed = Deno.build.arch === "x86_64";
const EVENT_LENGTH = packed ? 12 : 16;
const DATA_OFFSET = packed ? 4 : 8;

/** What may happen to a socket. */
export const READABLE = 1;
export const WRITABLE = 4;
export const FAILED = 8 | 16; // EPOLLERR, EPOLLHUP: told unasked

/** Is called with the bits of what happened. */
export type EventHandler = (events: number) => void;

/** Calls back when sockets have something to tell. Timers of the same worker go on meanwhile. */
export class EventLoop {
  readonly #epoll = checked(libc.symbols.epoll_create1(EPOLL_CLOEXEC), "make an epoll");
  /** descriptor -> who is called, and a serial number: descriptors are used again at once. */
  readonly #handlers = new Map<
    number,
    { readonly serial: number; readonly handler: EventHandler }
  >();
  #serial = 0;
  readonly #events = new Uint8Array(MAX_EVENTS * EVENT_LENGTH);
  readonly #view = new DataView(this.#events.buffer);
  #stopped = false;

  /** Calls `handler` whenever one of `events` is so, from now on. */
  watch(fd: number, events: number, handler: EventHandler): void {
    this.#serial++;
    this.#control(this.#handlers.has(fd) ? CTL_MOD : CTL_ADD, fd, events);
    this.#handlers.set(fd, { serial: this.#serial, handler });
  }

  /** Forgets a descriptor; to be called before it is closed. */
  unwatch(fd: number): void {
    if (this.#handlers.delete(fd)) this.#control(CTL_DEL, fd, 0);
  }

  /** Waits and calls back until it is stopped. */
  async run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      const count = await libc.symbols.epoll_wait(this.#epoll, this.#events, MAX_EVENTS, WAIT_MS);
      // The error number stays on the thread that waited. A signal is harmless, a row of them not.
      failures = count < 0 ? failures + 1 : 0;
      if (failures > 100) {
        throw new Error("Cannot wait for sockets: epoll_wait fails again and again");
      }
      for (let i = 0; i < count; i++) this.#dispatch(i * EVENT_LENGTH);
    }
    libc.symbols.close(this.#epoll);
  }

  /** Makes `run` end soon. */
  stop(): void {
    this.#stopped = true;
  }

  #dispatch(at: number): void {
    const watched = this.#handlers.get(this.#view.getInt32(at + DATA_OFFSET, true));
    // An earlier one of the same batch may have closed it, and opened another of the same number.
    if (watched?.serial !== this.#view.getInt32(at + DATA_OFFSET + 4, true)) return;
    watched.handler(this.#view.getUint32(at, true));
  }

  #control(operation: number, fd: number, events: number): void {
    const event = new Uint8Array(EVENT_LENGTH);
    const view = new DataView(event.buffer);
    view.setUint32(0, events, true);
    view.setInt32(DATA_OFFSET, fd, true);
    view.setInt32(DATA_OFFSET + 4, this.#serial, true);
    checked(libc.symbols.epoll_ctl(this.#epoll, operation, fd, event), `watch descriptor ${fd}`);
  }
}
