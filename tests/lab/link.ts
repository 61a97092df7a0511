import { until } from "./clock.ts";
import { checked, cString, libc } from "./libc.ts";
import { inNetns } from "./netns.ts";

const AF_INET = 2;
const SOCK_DGRAM_CLOEXEC = 0o2000002;
const SIOCGIFFLAGS = 0x8913n;
const IFF_RUNNING = 0x40;
const NAME_LENGTH = 16;

/** An interface and the network namespace that it is in. */
export interface Link {
  readonly netns: string;
  readonly name: string;
}

/**
 * Waits until links carry packets. Setting one up is not enough: the kernel notices in its own time
 * that both ends are up, and until then it drops what is sent.
 */
export async function untilRunning(links: readonly Link[]): Promise<void> {
  for (const link of links) {
    await until(`${link.name} in ${link.netns} carries packets`, () => isRunning(link), {
      everyMs: 1,
    });
  }
}

/** The index of an interface. */
export function linkIndex({ netns, name }: Link): number {
  const index = inNetns(netns, () => libc.symbols.if_nametoindex(cString(name)));
  if (index === 0) throw new Error(`Cannot find interface ${name} in ${netns}`);
  return index;
}

function isRunning({ netns, name }: Link): boolean {
  const request = new Uint8Array(40); // struct ifreq
  request.set(cString(name).subarray(0, NAME_LENGTH));
  const { socket, ioctl, close } = libc.symbols;
  const fd = inNetns(netns, () => socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0));
  try {
    checked(ioctl(fd, SIOCGIFFLAGS, request), `read the flags of ${name} in ${netns}`);
    return (new DataView(request.buffer).getInt16(NAME_LENGTH, true) & IFF_RUNNING) !== 0;
  } finally {
    close(fd);
  }
}
