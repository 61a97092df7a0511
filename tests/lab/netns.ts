import { checked, cString, libc } from "./libc.ts";

const O_RDONLY_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x40000000;

/** The namespace in which this thread began, and to which it always comes back. */
const home = openNamespace("/proc/thread-self/ns/net");

/**
 * Runs a function while this thread is in a named network namespace (one of `ip netns`). Sockets
 * and listeners made meanwhile live there, processes started meanwhile run there, `/proc/sys/net`
 * is the namespace's own. The function must be synchronous: whatever it awaited would happen at
 * home, so a promise as its result is refused.
 */
export function inNetns<T>(name: string, run: () => T): T {
  const target = openNamespace(`/run/netns/${name}`);
  try {
    checked(libc.symbols.setns(target, CLONE_NEWNET), `enter network namespace ${name}`);
    const result = run();
    if (result instanceof Promise) {
      throw new TypeError(`Cannot run in network namespace ${name}: the function is asynchronous`);
    }
    return result;
  } finally {
    checked(libc.symbols.setns(home, CLONE_NEWNET), "come back to the first network namespace");
    libc.symbols.close(target);
  }
}

/** Sets kernel parameters (`net.ipv4.ip_forward`) in a network namespace, in their order. */
export function setSysctls(name: string, values: readonly (readonly [string, string])[]): void {
  inNetns(name, () => {
    for (const [key, value] of values) {
      Deno.writeTextFileSync(`/proc/sys/${key.replaceAll(".", "/")}`, value);
    }
  });
}

function openNamespace(path: string): number {
  return checked(libc.symbols.open(cString(path), O_RDONLY_CLOEXEC), `open ${path}`);
}
