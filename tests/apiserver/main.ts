/**
 * The API server as a process of its own, filled with a generated cluster:
 *
 *     deno task apiserver --pods 150000 --churn 200 --kubeconfig /tmp/kubeconfig
 *
 * When everything is there it prints its URL, and then serves until it is ended. A line `churn 50`
 * on its standard input sets the rate, and is answered with how many changes it had made before;
 * `put {…}` puts an object there, and is answered with its name.
 */
import { parseArgs } from "node:util";
import { ApiServer } from "./api_server.ts";
import { History } from "./change.ts";
import { Churn } from "./churn.ts";
import { generateCluster } from "./generate.ts";
import type { ClusterSize, GeneratedObject } from "./generated.ts";
import { formatKubeconfig } from "./kubeconfig.ts";
import { linesOf } from "./lines.ts";

/** All that the command line may say. */
const options = {
  pods: { type: "string", default: "1000" },
  /** One for 30 pods where nothing is said. */
  namespaces: { type: "string" },
  /** One for 100 pods where nothing is said. */
  nodes: { type: "string" },
  /** One for 30 pods where nothing is said. */
  policies: { type: "string" },
  seed: { type: "string", default: "1" },
  /** Changes per second. */
  churn: { type: "string", default: "0" },
  hostname: { type: "string", default: "127.0.0.1" },
  port: { type: "string", default: "0" },
  /** Where to write a kubeconfig for agents. */
  kubeconfig: { type: "string" },
  /** PEM files, for TLS. */
  certificate: { type: "string" },
  key: { type: "string" },
  "refuse-streamed-lists": { type: "boolean", default: false },
} as const;

const { values } = parseArgs({ options });
const size = sizeOf(values.pods);
const server = new ApiServer({
  hostname: values.hostname,
  port: numberOf("port", values.port),
  ...tls(),
});
if (values["refuse-streamed-lists"]) server.faults.streamedLists = "refuse";
for (const object of generateCluster(size)) server.store.put(object);
server.store.compact();
server.start();
const changes = new History(size);
let churn = startChurn(numberOf("churn", values.churn));
if (values.kubeconfig !== undefined) {
  const authority = values.certificate && Deno.readTextFileSync(values.certificate);
  const text = formatKubeconfig({ server: server.url, authority });
  Deno.writeTextFileSync(values.kubeconfig, text, { mode: 0o600 });
}
say(server.url);
for await (const line of linesOf(Deno.stdin.readable)) say(obey(line));

function obey(line: string): string {
  const [, rate] = /^churn (\d+)$/.exec(line) ?? [];
  if (rate !== undefined) {
    churn[Symbol.dispose]();
    const { count } = churn;
    churn = startChurn(Number(rate));
    return `${count}`;
  }
  if (!line.startsWith("put ")) {
    throw new TypeError(`Cannot do "${line}": expected "churn RATE" or "put OBJECT"`);
  }
  const object: GeneratedObject = JSON.parse(line.slice("put ".length));
  server.store.put(object);
  return object.metadata.name;
}

function startChurn(rate: number): Churn {
  return new Churn(server.store, { changes, rate });
}

function sizeOf(pods: string): ClusterSize {
  const count = numberOf("pods", pods);
  const share = (of: number): string => `${Math.max(1, Math.round(count / of))}`;
  return {
    pods: count,
    namespaces: numberOf("namespaces", values.namespaces ?? share(30)),
    nodes: numberOf("nodes", values.nodes ?? share(100)),
    policies: numberOf("policies", values.policies ?? share(30)),
    seed: numberOf("seed", values.seed),
  };
}

function numberOf(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new TypeError(`--${flag} "${text}": it takes a whole number`);
  return Number(text);
}

function tls(): { tls?: { certificate: string; key: string } } {
  const { certificate, key } = values;
  if (certificate === undefined || key === undefined) return {};
  return {
    tls: { certificate: Deno.readTextFileSync(certificate), key: Deno.readTextFileSync(key) },
  };
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
