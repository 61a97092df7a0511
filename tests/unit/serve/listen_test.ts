import { equal, match, ok, rejects, throws } from "node:assert/strict";
import { serveTcp, serveUnix } from "../../../lib/serve/listen.ts";
import { Lock, LockHeldError } from "../../../lib/serve/lock.ts";

const hello = (): Promise<Response> => Promise.resolve(new Response("hello"));

async function inTempDir(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function ask(path: string): Promise<string> {
  using client = Deno.createHttpClient({ proxy: { transport: "unix", path } });
  return await (await fetch("http://127.0.0.1/", { client })).text();
}

Deno.test("an address in use is named", async () => {
  const first = serveTcp({ hostname: "127.0.0.1", port: 0 }, hello);
  const { port } = first.addr as Deno.NetAddr;
  throws(
    () => serveTcp({ hostname: "127.0.0.1", port }, hello),
    new RegExp(`Cannot listen on 127.0.0.1:${port} \\(--listen\\): the address is in use`),
  );
  await first.shutdown();
});

Deno.test("the socket is its owner's alone, in a folder of its owner's alone", async () => {
  await inTempDir(async (folder) => {
    const path = `${folder}/run/agent.sock`;
    const server = await serveUnix(path, hello);
    equal((await Deno.stat(path)).mode! & 0o777, 0o600);
    equal((await Deno.stat(`${folder}/run`)).mode! & 0o777, 0o700);
    equal(await ask(path), "hello");
    await server.shutdown();
  });
});

Deno.test("a stale socket file is taken away", async () => {
  await inTempDir(async (folder) => {
    const path = `${folder}/agent.sock`;
    const listen = `Deno.listen({ transport: "unix", path: ${
      JSON.stringify(path)
    } }); Deno.kill(Deno.pid, "SIGKILL")`;
    await new Deno.Command(Deno.execPath(), { args: ["eval", listen] }).output();
    ok((await Deno.lstat(path)).isSocket, "a killed listener leaves its file");
    const server = await serveUnix(path, hello);
    equal(await ask(path), "hello");
    await server.shutdown();
  });
});

Deno.test("a socket that answers is left alone", async () => {
  await inTempDir(async (folder) => {
    const path = `${folder}/agent.sock`;
    const server = await serveUnix(path, hello);
    await rejects(serveUnix(path, hello), /another process serves there/);
    equal(await ask(path), "hello");
    await server.shutdown();
  });
});

Deno.test("a file in the socket's place that is no socket is not touched", async () => {
  await inTempDir(async (folder) => {
    const path = `${folder}/agent.sock`;
    await Deno.writeTextFile(path, "precious");
    await rejects(serveUnix(path, hello), /it is there and is no socket/);
    equal(await Deno.readTextFile(path), "precious");
  });
});

Deno.test("a lock that is held is not had, and its holder is named", async () => {
  await inTempDir(async (folder) => {
    const path = `${folder}/agent.lock`;
    using _held = await Lock.take(path, 0);
    await rejects(Lock.take(path, 0), (error) => {
      ok(error instanceof LockHeldError);
      match(error.message, new RegExp(`another agent holds it \\(process ${Deno.pid}\\)`));
      return true;
    });
  });
});

Deno.test("a lock is had as soon as its holder ends", async () => {
  await inTempDir(async (folder) => {
    const path = `${folder}/agent.lock`;
    const held = await Lock.take(path, 0);
    const next = Lock.take(path, 10_000);
    held[Symbol.dispose]();
    using _taken = await next;
  });
});
