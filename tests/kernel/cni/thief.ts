import { familyOf, type IpAddress } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";
import { tcpFlags, tcpPacket } from "../../lab/packet.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import type { OpenFlood, Traffic } from "../../lab/traffic.ts";

/** Who tries to connect to addresses as fast as can be, whether there is anybody or not. */
export class Thief implements AsyncDisposable {
  readonly host: Host;
  /** Those to each address. */
  readonly #floods: ReadonlyMap<IpAddress, OpenFlood>;
  readonly #resources: AsyncDisposable;

  private constructor(
    host: Host,
    floods: ReadonlyMap<IpAddress, OpenFlood>,
    resources: AsyncDisposable,
  ) {
    this.host = host;
    this.#floods = floods;
    this.#resources = resources;
  }

  /** Begins to flood all of the addresses. */
  static async begin(
    traffic: Traffic,
    host: Host,
    addresses: readonly IpAddress[],
  ): Promise<Thief> {
    await using resources = new AsyncDisposableStack();
    const floods = new Map<IpAddress, OpenFlood>();
    for (const to of addresses) {
      const packet = attempt(host, to, markTo(to));
      floods.set(to, resources.use(await traffic.flood({ from: host, to, port: 0, packet })));
    }
    return new Thief(host, floods, resources.move());
  }

  /** Waits until many more packets have been sent to an address. */
  async goesOn(address: IpAddress, more = 300): Promise<void> {
    const flood = this.#floods.get(address);
    if (flood === undefined) throw new Error(`Cannot find the flood to ${address}: there is none`);
    const before = await flood.sent();
    await until("the flood goes on", async () => await flood.sent() > before + more);
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources[Symbol.asyncDispose]();
  }
}

/** A bridge shows packets to everybody when it does not know whose they are: they have a mark each. */
export function markTo(address: IpAddress): string {
  return `the thief's, to ${address}.`;
}

/** An attempt to connect, which a mark can be found in. */
export function attempt(
  from: Host,
  destination: IpAddress,
  mark: string,
): Uint8Array<ArrayBuffer> {
  const source = addressOf(from, familyOf(destination));
  const ports = { sourcePort: 40_000, destinationPort: 80 };
  const payload = new TextEncoder().encode(mark);
  return tcpPacket({ source, destination }, ports, { flags: tcpFlags.SYN, payload });
}
