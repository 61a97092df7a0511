import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { readAccess } from "../../lib/watch/read_access.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { ClientCertificateGate } from "../apiserver/client_certificate_gate.ts";
import { Authority, type Credentials } from "../cluster/authority.ts";
import { until } from "../lab/clock.ts";
import { makePod } from "../unit/objects.ts";
import { Follower } from "./follower.ts";

/** A folder with a kubeconfig and what it mentions, gone at the end. */
class Folder implements Disposable {
  readonly path: string = Deno.makeTempDirSync({ prefix: "hedgerow-access-" });

  write(name: string, text: string): string {
    const path = `${this.path}/${name}`;
    Deno.writeTextFileSync(path, text);
    return path;
  }

  /** Writes a kubeconfig; returns how it is read. */
  kubeconfig(cluster: object, user: object = {}): () => ReturnType<typeof readAccess> {
    const path = this.write(
      "kubeconfig",
      JSON.stringify({
        clusters: [{ name: "c", cluster }],
        users: [{ name: "u", user }],
        contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
        "current-context": "x",
      }),
    );
    return () => readAccess({ kind: "kubeconfig", path });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

function serve({ certificate, key }: Credentials): ApiServer {
  const server = new ApiServer({ tls: { certificate, key } });
  server.store.put(makePod("shop/web"));
  server.start();
  return server;
}

Deno.test("a token that was rotated is read anew at once when the old one is refused", async () => {
  using folder = new Folder();
  await using server = new ApiServer();
  server.store.put(makePod("shop/web"));
  server.tokens = new Set(["first"]);
  server.start();
  folder.write("token", "first\n");
  const load = folder.kubeconfig({ server: server.url }, { tokenFile: "token" });
  await using follower = await Follower.ofPods(server, { load });
  await follower.untilSynced();
  folder.write("token", "second\n");
  server.tokens = new Set(["second"]);
  await server.drop();
  server.store.put(makePod("shop/db"));
  await follower.untilKeys("shop/db", "shop/web");
  equal(follower.restarts("refused"), 0); // the request that was refused was made again
  const used = new Set(server.requests.map(({ authorization }) => authorization));
  deepEqual(used, new Set(["Bearer first", "Bearer second"]));
});

Deno.test("a token that is refused and stays the same is trouble, until it is replaced", async () => {
  using folder = new Folder();
  await using server = new ApiServer();
  server.tokens = new Set(["good"]);
  server.start();
  folder.write("token", "bad");
  const load = folder.kubeconfig({ server: server.url }, { tokenFile: "token" });
  await using follower = await Follower.ofPods(server, { load });
  await until("it is refused", () => follower.restarts("refused") >= 2);
  match(`${follower.status.problem}`, /401 Unauthorized/);
  folder.write("token", "good");
  await follower.untilSynced();
});

Deno.test("user name and password are sent as Basic authorization", async () => {
  using folder = new Folder();
  await using server = new ApiServer();
  server.start();
  const user = { username: "agent", password: "zažít" };
  const load = folder.kubeconfig({ server: server.url }, user);
  await using follower = await Follower.ofPods(server, { load });
  await follower.untilSynced();
  const sent = /^Basic (.*)$/.exec(server.requests[0]?.authorization ?? "")?.[1] ?? "";
  equal(new TextDecoder().decode(Uint8Array.fromBase64(sent)), "agent:zažít");
});

Deno.test("only the cluster's own authority vouches for the server", async () => {
  using folder = new Folder();
  const [authority, other] = [await Authority.create(), await Authority.create()];
  await using server = serve(await authority.issueServing(["127.0.0.1"]));
  folder.write("ca.crt", other.certificate);
  const load = folder.kubeconfig({ server: server.url, "certificate-authority": "ca.crt" });
  await using follower = await Follower.ofPods(server, { load });
  await until("it is refused", () => follower.restarts("unreachable") >= 2);
  match(`${follower.status.problem}`, /^Cannot reach https:.*certificate/);
  equal(server.requests.length, 0);
  folder.write("ca.crt", authority.certificate); // as when the authority is replaced
  await follower.untilSynced();
});

Deno.test("a certificate for another name is refused, and taken where that name is asked for", async () => {
  using folder = new Folder();
  const authority = await Authority.create();
  await using server = serve(await authority.issueServing(["kubernetes.example"]));
  const cluster = {
    server: server.url,
    "certificate-authority-data": btoa(authority.certificate),
  };
  {
    await using follower = await Follower.ofPods(server, { load: folder.kubeconfig(cluster) });
    await until("it is refused", () => follower.restarts("unreachable") >= 2);
  }
  for (const [name, isTaken] of [["kubernetes.example", true], ["other.example", false]] as const) {
    const load = folder.kubeconfig({ ...cluster, "tls-server-name": name });
    await using follower = await Follower.ofPods(server, { load });
    if (isTaken) await follower.untilSynced();
    else await until("it is refused", () => follower.restarts("unreachable") >= 2);
  }
});

Deno.test("insecure-skip-tls-verify believes whoever answers, and follows as ever", async () => {
  using folder = new Folder();
  const authority = await Authority.create();
  await using server = serve(await authority.issueServing(["elsewhere.example"]));
  const load = folder.kubeconfig({ server: server.url, "insecure-skip-tls-verify": true });
  await using follower = await Follower.ofPods(server, { load, timing: { silenceMs: 300 } });
  await follower.untilSynced();
  server.store.put(makePod("shop/db"));
  await follower.untilKeys("shop/db", "shop/web");
  await server.drop();
  server.store.put(makePod("shop/api"));
  await follower.untilKeys("shop/api", "shop/db", "shop/web");
  for (const watch of server.watches()) watch.freeze(true);
  server.store.delete("pods", "shop/api");
  await follower.untilKeys("shop/db", "shop/web");
  ok(follower.restarts("silent") >= 1);
  equal(follower.status.lists, 1);
});

Deno.test("a client certificate is shown, and a rotated one when the old one is refused", async () => {
  using folder = new Folder();
  const [authority, clients, next] = [
    await Authority.create(),
    await Authority.create(),
    await Authority.create(),
  ];
  await using server = new ApiServer();
  server.store.put(makePod("shop/web"));
  server.start();
  const serving = await authority.issueServing(["127.0.0.1"]);
  const gateOptions = { port: server.port, ...serving };
  await using gate = await ClientCertificateGate.open({
    ...gateOptions,
    clientAuthority: clients.certificate,
  });
  write(folder, await next.issueClient("early", "agents"));
  const load = folder.kubeconfig({
    server: `https://127.0.0.1:${gate.port}`,
    "certificate-authority-data": btoa(authority.certificate),
  }, { "client-certificate": "client.crt", "client-key": "client.key" });
  await using follower = await Follower.ofPods(server, { load });
  await until("it is refused", () => follower.restarts("unreachable") >= 2);
  deepEqual(gate.names, []);
  write(folder, await clients.issueClient("agent", "agents"));
  await follower.untilSynced();
  ok(gate.names.length > 0 && gate.names.every((name) => name === "agent"));
});

Deno.test("a client certificate works too where the server's check is skipped", async () => {
  using folder = new Folder();
  const authority = await Authority.create();
  await using server = new ApiServer();
  server.start();
  const serving = await authority.issueServing(["elsewhere.example"]);
  await using gate = await ClientCertificateGate.open({
    ...{ port: server.port, ...serving, clientAuthority: authority.certificate },
  });
  const { certificate, key } = await authority.issueClient("agent", "agents");
  const load = folder.kubeconfig({
    ...{ server: `https://127.0.0.1:${gate.port}`, "insecure-skip-tls-verify": true },
  }, { "client-certificate-data": btoa(certificate), "client-key-data": btoa(key) });
  await using follower = await Follower.ofPods(server, { load });
  await follower.untilSynced();
  equal(gate.names[0], "agent");
});

Deno.test("a certificate and a key that do not belong together are told before anything is sent", async () => {
  using folder = new Folder();
  const authority = await Authority.create();
  await using server = serve(await authority.issueServing(["127.0.0.1"]));
  const [one, two] = [await authority.issueClient("a", "a"), await authority.issueClient("b", "b")];
  write(folder, { certificate: one.certificate, key: two.key });
  const load = folder.kubeconfig({ server: server.url }, {
    ...{ "client-certificate": "client.crt", "client-key": "client.key" },
  });
  await rejects(Follower.ofPods(server, { load }), {
    name: "AccessError",
    message: /^Cannot read kubeconfig .*: TLS: found keys may not be consistent/,
  });
});

function write(folder: Folder, { certificate, key }: Credentials): void {
  folder.write("client.crt", certificate);
  folder.write("client.key", key);
}
