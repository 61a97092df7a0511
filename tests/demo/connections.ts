import type { Lab } from "../lab/lab.ts";
import type { OpenFlow } from "../lab/traffic.ts";
import type { FlowReport } from "../lab/traffic_calls.ts";

/** How long nothing must be heard of a connection before it is called cut. */
const SILENCE_MS = 150;
const INTERVAL_MS = 2;

/** A connection that stays open while policies change. */
interface Connection {
  /** Who sends → who receives. */
  readonly name: string;
  readonly kind: string;
  readonly flow: OpenFlow;
}

/** What became of a connection in a step. */
export interface Fate {
  readonly name: string;
  readonly kind: string;
  /** ms from the API's event to the last packet at either end; undefined: it lives on. */
  readonly cut: { readonly client: number; readonly server: number | undefined } | undefined;
  /** Packets that never came. */
  readonly lost: number;
}

/** The demo's open connections: by TCP both ends send, by UDP only the server does. */
export class Connections implements AsyncDisposable {
  readonly #open: Connection[] = [];

  /** Opens them; the policies of the day must allow it. */
  async open(lab: Lab): Promise<void> {
    const tcp = (from: string, to: string, port: number): Promise<void> =>
      this.#add(lab, { from, to, port, protocol: "TCP", name: `${from} → ${to}` });
    await tcp("shop/cart", "shop/db", 5432);
    await tcp("shop/web", "shop/cart", 8000);
    const [from, to] = ["shop/web", "kube-system/dns"];
    await this.#add(lab, { from, to, port: 53, protocol: "UDP", name: `${to} → ${from}` });
  }

  /** Whether there are any. */
  get isOpen(): boolean {
    return this.#open.length > 0;
  }

  /** What became of each since the event at `eventAt`, when those in `cuts` were to be cut. */
  async fates(eventAt: number, cuts: readonly string[]): Promise<readonly Fate[]> {
    return await Promise.all(this.#open.map(async (connection) => {
      const mustEnd = cuts.includes(connection.name);
      const report = mustEnd
        ? await connection.flow.silent(SILENCE_MS)
        : await connection.flow.heard();
      return fateOf(connection, report, eventAt);
    }));
  }

  /** Closes them all. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#open.splice(0).map(({ flow }) => flow[Symbol.asyncDispose]()));
  }

  async #add(
    lab: Lab,
    { from, to, port, protocol, name }: {
      readonly from: string;
      readonly to: string;
      readonly port: number;
      readonly protocol: "TCP" | "UDP";
      readonly name: string;
    },
  ): Promise<void> {
    const ends = { from: lab.host(from), to: lab.host(to) };
    const flow = await lab.traffic.open({ ...ends, port, protocol, intervalMs: INTERVAL_MS });
    const kind = protocol === "TCP" ? "TCP, both send" : "UDP, only the server sends";
    this.#open.push({ name, kind, flow });
  }
}

function fateOf({ name, kind }: Connection, report: FlowReport, eventAt: number): Fate {
  const { client, server, at } = report;
  const since = (instant: number): number => Math.max(0, instant - eventAt);
  const isCut = at - client.lastReceivedAt >= SILENCE_MS;
  return {
    name,
    kind,
    cut: isCut
      ? {
        client: since(client.lastReceivedAt),
        server: server.received > 0 ? since(server.lastReceivedAt) : undefined,
      }
      : undefined,
    lost: client.missing + server.missing,
  };
}
