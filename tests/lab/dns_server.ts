import { createSocket, type Socket } from "node:dgram";
import { Buffer } from "node:buffer";
// @ts-types="@types/dns-packet"
import packet from "dns-packet";
import { readFrame, writeFrame } from "../../lib/dns/frames.ts";
import { answerQuestions, Child } from "./child.ts";
import type { Host } from "./topology.ts";

/** What a name stands for. */
export interface ZoneEntry {
  readonly addresses: readonly string[];
  readonly seconds: number;
  /** The names on the way to the addresses. */
  readonly aliases?: readonly string[];
}

/** name -> what it stands for */
export type Zone = Readonly<Record<string, ZoneEntry>>;

/** A datagram to be sent as it is. */
export interface Forgery {
  /** The host's address that it comes from, by a port of its own; without: the server's own port. */
  readonly from?: string;
  /** Also a group, as `ff02::1%eth0`, or everybody, `255.255.255.255`. */
  readonly to: string;
  readonly port: number;
  readonly name: string;
  readonly addresses: readonly string[];
}

type Question =
  | { readonly zone: Zone; readonly longest: number }
  | { readonly forge: Forgery }
  | { readonly asked: true };

/** A DNS server in a host, over UDP and TCP; longer answers than 512 bytes need TCP. */
export class DnsServer implements AsyncDisposable {
  readonly #child: Child;
  readonly #longest: number;

  private constructor(child: Child, longest: number) {
    this.#child = child;
    this.#longest = longest;
  }

  /** Starts one that knows a zone; the longest answer by UDP, in bytes, may be another one. */
  static async start(host: Host, zone: Zone, longest: number = 512): Promise<DnsServer> {
    const server = new DnsServer(new Child(host, "./dns_server.ts"), longest);
    await server.tell(zone);
    return server;
  }

  /** From now on these names are all that it knows. */
  async tell(zone: Zone): Promise<void> {
    await this.#child.ask({ zone, longest: this.#longest });
  }

  /** Sends an answer that nobody has asked for. */
  async forge(forge: Forgery): Promise<void> {
    await this.#child.ask({ forge });
  }

  /** name -> how often it has been asked for. */
  asked(): Promise<Readonly<Record<string, number>>> {
    return this.#child.ask({ asked: true });
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}

function answerOf(message: Uint8Array, zone: Zone, asked: Map<string, number>): Uint8Array {
  const query = packet.decode(Buffer.from(message));
  const question = query.questions?.[0];
  const name = question?.name.toLowerCase() ?? "";
  asked.set(name, (asked.get(name) ?? 0) + 1);
  const entry = zone[name];
  const type = question?.type === "AAAA" ? "AAAA" : "A";
  const answers = entry === undefined ? [] : recordsOf(name, type, entry);
  return packet.encode({
    ...{ type: "response", id: query.id ?? 0, questions: query.questions ?? [], answers },
    flags: packet.RECURSION_AVAILABLE | (entry === undefined ? 3 : 0),
  });
}

function recordsOf(name: string, type: "A" | "AAAA", entry: ZoneEntry): packet.Answer[] {
  const { addresses, seconds, aliases = [] } = entry;
  const chain = [name, ...aliases];
  const records: packet.Answer[] = aliases.map((alias, i) => {
    return { type: "CNAME", name: chain[i] ?? "", data: alias, ttl: seconds };
  });
  const owner = chain.at(-1) ?? name;
  for (const address of addresses) {
    if (address.includes(":") !== (type === "AAAA")) continue;
    records.push({ type, name: owner, data: address, ttl: seconds });
  }
  return records;
}

async function run(): Promise<void> {
  let zone: Zone = {};
  let longest = 0;
  const asked = new Map<string, number>();
  const udp = createSocket({ type: "udp6" });
  udp.on("message", (message, { address, port }) => {
    const answer = answerOf(message, zone, asked);
    udp.send(answer.length <= longest ? answer : truncated(answer), port, address);
  });
  await new Promise<void>((resolve) => udp.bind(53, "::", resolve));
  const listener = Deno.listen({ hostname: "::", port: 53 });
  void serveTcp(listener, (message) => answerOf(message, zone, asked));
  await answerQuestions<Question>(async (question) => {
    if ("zone" in question) ({ zone, longest } = question);
    if ("forge" in question) await forge(question.forge, udp);
    return Object.fromEntries(asked);
  });
  Deno.exit(0);
}

async function forge({ from, to, port, name, addresses }: Forgery, own: Socket): Promise<void> {
  const answers = recordsOf(name, "A", { addresses, seconds: 600 });
  const questions = [{ name, type: "A" as const, class: "IN" as const }];
  const message = packet.encode({ type: "response", id: 1, questions, answers });
  const socket = from === undefined ? own : await socketAt(from);
  await new Promise<void>((resolve, reject) =>
    socket.send(message, port, to, (error) => error ? reject(error) : resolve())
  );
  if (socket !== own) socket.close();
}

async function socketAt(address: string): Promise<Socket> {
  const socket = createSocket(address.includes(":") ? "udp6" : "udp4");
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  socket.setBroadcast(true);
  return socket;
}

/** The header and the question, with the bit that says that there is more. */
function truncated(answer: Uint8Array): Uint8Array {
  const { id, questions } = packet.decode(Buffer.from(answer));
  const flags = packet.RECURSION_AVAILABLE | packet.TRUNCATED_RESPONSE;
  return packet.encode({ type: "response", id: id ?? 0, flags, questions: questions ?? [] });
}

async function serveTcp(
  listener: Deno.Listener,
  answer: (message: Uint8Array) => Uint8Array,
): Promise<void> {
  for await (const connection of listener) {
    await writeFrame(connection, answer(await readFrame(connection)));
    connection.close();
  }
}

if (import.meta.main) await run();
