import { equal, match } from "node:assert/strict";
import { Agent } from "../../lab/agent.ts";
import { until } from "../../lab/clock.ts";
import { Lab } from "../../lab/lab.ts";
import type { Host } from "../../lab/topology.ts";
import { createShop, letIn, serverOf } from "./shop.ts";

const main = new URL("../../../main.ts", import.meta.url).pathname;

interface Run {
  readonly code: number;
  readonly stderr: string;
}

/** Runs `hedgerow agent` in a network namespace of its own, until it ends. */
async function runAgent(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const folder = await Deno.makeTempDir();
  try {
    const { code, stderr } = await new Deno.Command("unshare", {
      args: [
        ...["-n", Deno.execPath(), "run", "-q", "-A", main, "agent", "--log-level", "error"],
        ...["--listen", "127.0.0.1:0", "--socket", `${folder}/agent.sock`, ...args],
      ],
      env,
    }).output();
    return { code, stderr: new TextDecoder().decode(stderr).trim() };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** It ends with 1 and one line that says what is wrong. */
async function refuses(
  expected: RegExp,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { code, stderr } = await runAgent(args, env);
  match(stderr, expected);
  equal(stderr.split("\n").length, 1, stderr);
  equal(code, 1);
}

async function withFile(text: string, body: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, text);
    await body(path);
  } finally {
    await Deno.remove(path);
  }
}

/** A folder for PATH in which nft is a script. */
async function withNft(script: string, body: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/nft`, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await body(`${folder}:${Deno.env.get("PATH")}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a kubeconfig that is not there, is no YAML, or asks for exec is named with its field", async () => {
  await refuses(/kubeconfig \/nowhere.*no file \/nowhere/, ["--kubeconfig", "/nowhere"]);
  await withFile("clusters: [", async (path) => {
    await refuses(new RegExp(`kubeconfig ${path}.*YAML`), ["--kubeconfig", path]);
  });
  const exec = {
    "current-context": "c",
    contexts: [{ name: "c", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster: { server: "https://127.0.0.1:1" } }],
    users: [{ name: "u", user: { exec: { command: "aws" } } }],
  };
  await withFile(JSON.stringify(exec), async (path) => {
    await refuses(/exec/, ["--kubeconfig", path]);
  });
});

Deno.test("outside of a cluster, without a kubeconfig, it says what is missing", async () => {
  await refuses(/KUBERNETES_SERVICE_HOST/, [], { KUBERNETES_SERVICE_HOST: "" });
});

Deno.test("a directory of manifests that is not there is named", async () => {
  await refuses(/\/nowhere/, ["--manifests", "/nowhere"]);
});

Deno.test("an nft that is missing is named, with what to install", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.symlink("/usr/bin/unshare", `${folder}/unshare`);
  await refuses(/Cannot find nft.*install nftables/, ["--manifests", "/"], { PATH: folder });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("an nft that is too old is told from what is needed", async () => {
  await withNft("echo 'nftables v0.9.8 (E.D.S.)'", async (PATH) => {
    await refuses(/found 0\.9\.8, expected 1\.0\.6 or newer/, ["--manifests", "/"], { PATH });
  });
});

Deno.test("an nft without the right is told, and which right it takes", async () => {
  const script = `[ "$1" = --version ] && exec echo 'nftables v1.0.6 (Lester Gooch #5)'
echo 'Operation not permitted (you must be root)' >&2; exit 1`;
  await withNft(script, async (PATH) => {
    await refuses(/CAP_NET_ADMIN/, ["--manifests", "/"], { PATH });
  });
});

Deno.test("an address that is in use is named", async () => {
  await using lab = await Lab.create({ nodes: [{ name: "n1", pods: [] }] }, []);
  const manifests = ["--manifests", await Deno.makeTempDir({ dir: lab.network.folder })];
  const node = lab.host("n1");
  await using _first = await started(node, [
    ...manifests,
    "--socket",
    `${lab.network.folder}/a.sock`,
  ]);
  await using second = new Agent({
    node,
    args: [...manifests, "--socket", `${lab.network.folder}/b.sock`],
  });
  const { code } = await second.exit;
  equal(code, 1);
  match(second.log.at(-1) ?? "", /Cannot listen on 127\.0\.0\.1:9080 \(--listen\).*in use/);
});

async function started(node: Host, args: readonly string[]): Promise<Agent> {
  const agent = new Agent({ node, args });
  await agent.ready();
  return agent;
}

Deno.test("a policy that the API would have refused isolates its pods, and is reported with file, line, object and field", async () => {
  await using lab = await Lab.create({ nodes: [{ name: "n1", pods: [] }] }, []);
  const folder = await Deno.makeTempDir({ dir: lab.network.folder });
  await Deno.writeTextFile(
    `${folder}/bad.yaml`,
    `apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: odd, namespace: shop}
spec: {podSelector: {}, ingress: [{ports: [{port: 70000}]}]}
`,
  );
  await using agent = await started(lab.host("n1"), [
    ...["--manifests", folder, "--socket", `${folder}/run/agent.sock`],
  ]);
  const { body } = await agent.get("/readyz");
  match(
    body,
    /^degraded:\n.*bad\.yaml:1: NetworkPolicy shop\/odd: spec\.ingress\[0\]\.ports\[0\]\.port: found 70000, expected /,
  );
});

Deno.test("a node name that no Node has is a warning, in the log and in /readyz", async () => {
  await using cluster = await createShop();
  const socket = ["--socket", `${cluster.lab.network.folder}/x/agent.sock`];
  const args = [...cluster.source.agentArgs, ...socket, "--node-name", "nobody"];
  await using agent = await started(cluster.lab.host("n1"), args);
  match((await agent.get("/readyz")).body, /degraded:\nno Node has the name "nobody"/);
  await until("the log tells, too", () => agent.log.some((line) => /WARN.*nobody/.test(line)));
});

Deno.test("an API server that is away: what is known stays enforced, and /readyz says since when", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  cluster.put(letIn("own", "web", "api"));
  await cluster.settled();
  await serverOf(cluster).server.stop();
  const agent = cluster.agent("n1");
  await until("degraded", async () => /not heard of for/.test((await agent.get("/readyz")).body));
  equal((await agent.get("/readyz")).status, 200);
  await cluster.settled();
  serverOf(cluster).start();
  cluster.put(letIn("own", "web", "guest"));
  await cluster.settled({ timeoutMs: 15_000 });
  await until("ok again", async () => (await agent.get("/readyz")).body.startsWith("ok\n"));
});

Deno.test("an API server that is away at the start is waited for; SIGHUP and probes are answered meanwhile", async () => {
  await using cluster = await createShop();
  await serverOf(cluster).server.stop();
  const socket = ["--socket", `${cluster.lab.network.folder}/x/agent.sock`];
  const args = [...cluster.source.agentArgs, ...socket];
  await using agent = new Agent({ node: cluster.lab.host("n1"), args });
  const readyz = async (): Promise<string> =>
    (await agent.get("/readyz").catch(() => ({ body: "" }))).body;
  await until("it says what is missing", async () => /pods: not synced: /.test(await readyz()));
  agent.signal("SIGHUP");
  await until("it took note", () => agent.log.some((line) => line.includes("SIGHUP")));
  equal((await agent.get("/readyz")).status, 503);
  equal((await agent.get("/healthz")).status, 200);
  serverOf(cluster).start();
  await agent.ready();
});
