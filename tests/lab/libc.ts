/**
 * The few C library calls that the lab needs and Deno has not: network namespaces and sockets that
 * live in them. For Linux with glibc, x86_64 and aarch64. The product itself never uses FFI.
 *
 * Lengths that come back are declared `i32`: the low half of the register, as none is larger.
 */
export const libc = Deno.dlopen("libc.so.6", {
  open: { parameters: ["buffer", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  setns: { parameters: ["i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  if_nametoindex: { parameters: ["buffer"], result: "u32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  accept4: { parameters: ["i32", "buffer", "buffer", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  sendto: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  recvfrom: { parameters: ["i32", "buffer", "usize", "i32", "buffer", "buffer"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // On a thread of its own, so that the worker which waits goes on with timers and messages.
  epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32", nonblocking: true },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
});

/** The error numbers that the lab tells apart; the same on x86_64 and aarch64. */
export const errno = {
  EPERM: 1,
  EAGAIN: 11,
  ENOPROTOOPT: 92,
  ENETUNREACH: 101,
  ECONNRESET: 104,
  ENOBUFS: 105,
  ETIMEDOUT: 110,
  ECONNREFUSED: 111,
  EHOSTUNREACH: 113,
  EINPROGRESS: 115,
} as const;

const location = libc.symbols.__errno_location();
if (location === null) throw new Error("Cannot find errno: the C library gave a null pointer");
/** The place of this thread's errno; each worker loads this module for itself. */
const errnoView = new Deno.UnsafePointerView(location);

/** The error number of the call that has just failed on this thread. */
export function lastError(): number {
  return errnoView.getInt32();
}

/** A C library call that failed. */
export class SystemError extends Error {
  override readonly name = "SystemError";
  /** The error number (errno). */
  readonly code: number;

  /** `what` completes "Cannot …". */
  constructor(what: string, code: number) {
    super(`Cannot ${what}: ${formatErrno(code)}`);
    this.code = code;
  }
}

/** Passes a result on; a negative one becomes a SystemError. `what` completes "Cannot …". */
export function checked(result: number, what: string): number {
  if (result < 0) throw new SystemError(what, lastError());
  return result;
}

/** Text as the C library takes it, closed by a zero byte. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(`${text}\0`);
}

function formatErrno(code: number): string {
  const name = Object.entries(errno).find(([, value]) => value === code)?.[0];
  return name ?? `errno ${code}`;
}
