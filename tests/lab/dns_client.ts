import { ask } from "../../lib/dns/ask.ts";
import type { RecordType } from "../../lib/dns/message.ts";
import type { IpAddress } from "../../lib/model/address.ts";
import { answerQuestions, Child } from "./child.ts";
import type { Host } from "./topology.ts";

/** What a pod is to do. */
export interface Errand {
  readonly resolver: IpAddress;
  readonly names: readonly string[];
  readonly type: RecordType;
  /** A TCP port to connect to at the first address, at once; undefined: nothing but the question. */
  readonly port?: number;
}

/** How it went with one name. */
export interface ErrandResult {
  readonly name: string;
  /** Undefined where no answer came. */
  readonly addresses: readonly IpAddress[] | undefined;
  /** How long the answer took, in ms. */
  readonly ms: number;
  readonly isConnected: boolean;
}

/** A pod's program that asks for names and connects to them at once, as programs do. */
export class DnsClient implements AsyncDisposable {
  readonly #child: Child;

  /** Starts it in a host. */
  constructor(host: Host) {
    this.#child = new Child(host, "./dns_client.ts");
  }

  /** Sends it on an errand. */
  run(errand: Errand): Promise<readonly ErrandResult[]> {
    return this.#child.ask(errand);
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#child[Symbol.asyncDispose]();
  }
}

async function runOne(name: string, errand: Errand): Promise<ErrandResult> {
  const { resolver, type, port } = errand;
  const start = performance.now();
  const answer = await ask({ name, type }, resolver, { deadlineMs: 4500 }).catch(() => undefined);
  const ms = performance.now() - start;
  const [address] = answer?.addresses ?? [];
  const isConnected = address !== undefined && port !== undefined && await connects(address, port);
  return { name, addresses: answer?.addresses, ms, isConnected };
}

async function connects(hostname: string, port: number): Promise<boolean> {
  try {
    (await Deno.connect({ hostname, port, signal: AbortSignal.timeout(3000) })).close();
    return true;
  } catch {
    return false;
  }
}

async function runAll(errand: Errand): Promise<readonly ErrandResult[]> {
  const results: ErrandResult[] = [];
  const names = [...errand.names];
  const worker = async (): Promise<void> => {
    for (let name = names.shift(); name !== undefined; name = names.shift()) {
      results.push(await runOne(name, errand));
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
  return results;
}

if (import.meta.main) await answerQuestions(runAll);
