import { rejects } from "node:assert/strict";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { makeTransport } from "../../lib/watch/transport.ts";
import { UnreachableError } from "../../lib/watch/unreachable_error.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { until } from "../lab/clock.ts";
import { accessTo } from "./follower.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const watch = "/api/v1/pods?watch=1";

for (const name of ["fetch", "own"] as const) {
  const open = async (signal: AbortSignal, server: ApiServer) => {
    const access = accessTo(server.url);
    const serverName = name === "own" ? "localhost" : undefined;
    const transport = makeTransport({ ...access, tls: { ...access.tls, serverName } });
    const answer = await transport.send({
      ...{ method: "GET", url: server.url + watch, headers: {}, body: undefined, signal },
    });
    return { answer, close: () => transport.close() };
  };

  Deno.test(`an abort ends a silent answer, also when garbage was collected (${name})`, async () => {
    await using server = new ApiServer();
    server.start();
    const abort = new AbortController();
    let ended: unknown;
    // Nobody holds the answer but the one who reads it.
    const begin = async (): Promise<() => void> => {
      const { answer, close } = await open(abort.signal, server);
      Array.fromAsync(answer.body).catch((error) => ended = error);
      return close;
    };
    const close = await begin();
    for (let i = 0; i < 5; i++) {
      collectGarbage();
      await new Promise((resolve) => setTimeout(resolve, 1)); // finalizers run between tasks
    }
    abort.abort(new Error("enough"));
    await until("it is ended", () => ended instanceof UnreachableError);
    await until("the server is told", () => server.watches().length === 0);
    close();
  });

  Deno.test(`an answer whose loop is left is given up (${name})`, async () => {
    await using server = new ApiServer({ bookmarkMs: 5 });
    server.start();
    const { answer, close } = await open(new AbortController().signal, server);
    server.watches()[0]?.sendText("one line\n");
    for await (const _chunk of answer.body) break;
    await until("the server is told", () => server.watches().length === 0);
    close();
  });

  Deno.test(`an abort before the answer is read is an abort (${name})`, async () => {
    await using server = new ApiServer();
    server.start();
    const abort = new AbortController();
    const { answer, close } = await open(abort.signal, server);
    abort.abort(new Error("enough"));
    await rejects(Array.fromAsync(answer.body), UnreachableError);
    close();
  });
}
