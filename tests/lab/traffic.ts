import { families, type Family, type IpAddress } from "../../lib/model/address.ts";
import type { Protocol } from "../../lib/model/port.ts";
import { delay } from "./clock.ts";
import { anyAddress } from "./socket_address.ts";
import type { Host } from "./topology.ts";
import type { FlowReport, Outcome, ProbeProtocol } from "./traffic_calls.ts";
import { TrafficClient } from "./traffic_client.ts";

/** A question whether packets get from a host to another. */
export interface Probe {
  readonly from: Host;
  /** An address, or a host: its first address. */
  readonly to: Host | IpAddress;
  readonly protocol: ProbeProtocol;
  /** Not for ICMP. */
  readonly port?: number;
  /** How long silence is waited for; default 250. */
  readonly timeoutMs?: number;
}

/** A conversation to be opened: over TCP both sides send, over UDP only the server does. */
export interface FlowSpec {
  readonly from: Host;
  readonly to: Host | IpAddress;
  readonly protocol: "TCP" | "UDP";
  readonly port: number;
  /** Whole milliseconds between messages; default 5. */
  readonly intervalMs?: number;
  /** How long to wait for the first messages; default 2000. */
  readonly timeoutMs?: number;
}

/** Packets of one kind without end. */
export interface FloodSpec {
  readonly from: Host;
  readonly to: Host | IpAddress;
  readonly port: number;
  /** A whole packet to repeat instead of UDP datagrams that the server counts. */
  readonly packet?: Uint8Array<ArrayBuffer>;
}

/** What a sniffer counts. */
export interface SniffSpec {
  /** The bytes by which a packet is told from others. */
  readonly marker: Uint8Array<ArrayBuffer>;
  /** Default IPv4; `frames`: whatever comes in by links, ports of bridges included. */
  readonly family?: Family | "frames";
  /**
   * An IP protocol's number: count what the host itself is given, after its firewall. Undefined:
   * what its links deliver, before it.
   */
  readonly protocol?: number;
}

/**
 * Real packets between hosts of a network, made in a thread of its own with a socket in each
 * network namespace that it needs. Instants are those of `monotonicMs()`.
 */
export class Traffic implements AsyncDisposable {
  readonly #client = new TrafficClient();
  /** Floods keep a thread busy: they have their own. */
  #floods: TrafficClient | undefined;
  #lastFlood = 0;

  /** Answers on a port of a host, at all its addresses of both families, from now on. */
  async serve(host: Host, protocol: Protocol, port: number): Promise<void> {
    for (const family of families) {
      const at = { address: anyAddress(family), port };
      await this.#client.call("serve", { netns: host.netns, at, protocol });
    }
  }

  /** Whether packets get there and answers back. */
  async probe(probe: Probe): Promise<Outcome> {
    const [outcome] = await this.probeAll([probe]);
    if (outcome === undefined) throw new Error("Cannot tell the outcome of a probe: none came");
    return outcome;
  }

  /** Many at once: all of them take no longer than the slowest one. */
  probeAll(probes: readonly Probe[]): Promise<readonly Outcome[]> {
    return this.#client.call(
      "probe",
      probes.map(({ from, to, protocol, port = 0, timeoutMs = 250 }) => ({
        netns: from.netns,
        to: { address: target(to), port },
        protocol,
        timeoutMs,
      })),
    );
  }

  /** Opens a conversation; resolves when both sides hear each other. */
  async open(spec: FlowSpec): Promise<OpenFlow> {
    const { from, to, protocol, port, intervalMs = 5, timeoutMs = 2000 } = spec;
    const address = { address: target(to), port };
    const question = { netns: from.netns, to: address, protocol, intervalMs, timeoutMs };
    return new OpenFlow(this.#client, await this.#client.call("open", question));
  }

  /** Counts the packets that arrive at a host with a marker in them. */
  async sniff(host: Host, { marker, family = "IPv4", protocol }: SniffSpec): Promise<OpenSniffer> {
    const question = { netns: host.netns, marker, family, protocol };
    return new OpenSniffer(this.#client, await this.#client.call("sniff", question));
  }

  /** Sends whole IP packets as they are; `device` for link-local destinations. */
  async send(
    from: Host,
    packets: readonly Uint8Array<ArrayBuffer>[],
    { to, device }: { readonly to: IpAddress; readonly device?: string },
  ): Promise<void> {
    await this.#client.call("send", { netns: from.netns, packets, to, device });
  }

  /** Sends whole Ethernet frames as they are. */
  async sendFrames(
    from: Host,
    frames: readonly Uint8Array<ArrayBuffer>[],
    device = "eth0",
  ): Promise<void> {
    await this.#client.call("sendFrames", { netns: from.netns, frames, device });
  }

  /** Begins to send as fast as it can; a UDP server of this object counts what arrives. */
  async flood({ from, to, port, packet }: FloodSpec): Promise<OpenFlood> {
    this.#floods ??= new TrafficClient();
    const subject = ++this.#lastFlood;
    const address = { address: target(to), port };
    const question = { netns: from.netns, to: address, packet, subject };
    const handle = await this.#floods.call("flood", question);
    return new OpenFlood({ sender: this.#floods, receiver: this.#client, handle, subject });
  }

  /** Closes everything that is in a host's namespace: to be called before a pod is removed. */
  async forget(host: Host): Promise<void> {
    await this.#client.call("forget", host.netns);
    await this.#floods?.call("forget", host.netns);
  }

  /** Closes everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#client[Symbol.asyncDispose](), this.#floods?.[Symbol.asyncDispose]()]);
  }
}

/** An open conversation. */
export class OpenFlow implements AsyncDisposable {
  readonly #client: TrafficClient;
  readonly #handle: number;

  constructor(client: TrafficClient, handle: number) {
    this.#client = client;
    this.#handle = handle;
  }

  /** How both sides stand now. */
  report(): Promise<FlowReport> {
    return this.#client.call("report", this.#handle);
  }

  /** Waits until the client hears something new, then tells; an end that is cut tells its last. */
  async heard({ timeoutMs = 2000 } = {}): Promise<FlowReport> {
    const first = await this.report();
    for (let report = first;; report = await this.report()) {
      const isNew = report.client.received > first.client.received;
      if (isNew || report.at - first.at > timeoutMs) return report;
      await delay(1);
    }
  }

  /** Waits until neither side has heard anything for so long, then tells how it ended. */
  async silent(forMs: number, { timeoutMs = 5000 } = {}): Promise<FlowReport> {
    const first = await this.report();
    for (let report = first;; report = await this.report()) {
      const last = Math.max(report.client.lastReceivedAt, report.server.lastReceivedAt);
      if (report.at - last >= forMs) return report;
      if (report.at - first.at > timeoutMs) {
        throw new Error(`Cannot wait any longer (${timeoutMs} ms): the flow is still heard`);
      }
      await delay(forMs / 5);
    }
  }

  /** Ends it at both sides. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.call("close", this.#handle);
  }
}

/** Somebody who counts. */
export class OpenSniffer implements AsyncDisposable {
  readonly #client: TrafficClient;
  readonly #handle: number;

  constructor(client: TrafficClient, handle: number) {
    this.#client = client;
    this.#handle = handle;
  }

  /** How many packets have come. */
  count(): Promise<number> {
    return this.#client.call("count", this.#handle);
  }

  /** Stops. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.call("close", this.#handle);
  }
}

/** A flood and the place where what gets through is counted. */
interface FloodEnds {
  readonly sender: TrafficClient;
  readonly receiver: TrafficClient;
  readonly handle: number;
  readonly subject: number;
}

/** A flood that goes on until it is disposed of. */
export class OpenFlood implements AsyncDisposable {
  readonly #ends: FloodEnds;

  constructor(ends: FloodEnds) {
    this.#ends = ends;
  }

  /** How many packets have been sent. */
  sent(): Promise<number> {
    return this.#ends.sender.call("sent", this.#ends.handle);
  }

  /** How many of its datagrams servers have got; of raw packets a sniffer knows. */
  arrived(): Promise<number> {
    return this.#ends.receiver.call("flooded", this.#ends.subject);
  }

  /** Stops it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#ends.sender.call("close", this.#ends.handle);
  }
}

function target(to: Host | IpAddress): IpAddress {
  if (typeof to === "string") return to;
  const [address] = to.addresses;
  if (address === undefined) throw new Error(`Cannot send to ${to.name}: it has no address`);
  return address;
}
