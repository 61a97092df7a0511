/**
 * The API server as a process of its own, filled with a generated cluster:
 *
 *     deno run -A tests/apiserver/main.ts --pods 150000 --rate 50
 *
 * When everything is there it prints its URL, and then serves until it is ended.
 */
import { parseArgs } from "node:util";
import { ApiServer } from "./api_server.ts";
import { Churn } from "./churn.ts";
import { generateCluster } from "./generate.ts";

const { values } = parseArgs({
  options: {
    pods: { type: "string", default: "1000" },
    namespaces: { type: "string", default: "50" },
    nodes: { type: "string", default: "100" },
    policies: { type: "string", default: "100" },
    /** Changed pods per second. */
    rate: { type: "string", default: "0" },
    hostname: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "0" },
    /** PEM files, for TLS. */
    certificate: { type: "string" },
    key: { type: "string" },
    "refuse-streamed-lists": { type: "boolean", default: false },
  },
});

const { hostname, certificate, key } = values;
const size = {
  ...{ pods: Number(values.pods), namespaces: Number(values.namespaces) },
  ...{ nodes: Number(values.nodes), policies: Number(values.policies) },
};
const tls = certificate === undefined || key === undefined ? {} : {
  tls: { certificate: Deno.readTextFileSync(certificate), key: Deno.readTextFileSync(key) },
};
const server = new ApiServer({ hostname, port: Number(values.port), ...tls });
if (values["refuse-streamed-lists"]) server.faults.streamedLists = "refuse";
for (const object of generateCluster(size)) server.store.put(object);
server.store.compact();
server.start();
if (Number(values.rate) > 0) new Churn(server.store, { rate: Number(values.rate), size });
Deno.stdout.writeSync(new TextEncoder().encode(`${server.url}\n`));
