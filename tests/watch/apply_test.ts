import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Access } from "../../lib/watch/access.ts";
import { ApiClient } from "../../lib/watch/api_client.ts";
import { ApiError } from "../../lib/watch/api_error.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { conditionsOf } from "../apiserver/status.ts";
import { Authority } from "../cluster/authority.ts";
import { makeClusterPolicy } from "../unit/objects.ts";
import { accessTo } from "./follower.ts";

const path = "/apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies/p/status";
const query = "fieldManager=hedgerow&force=true";
const { signal } = new AbortController();

/** The body that applies one condition. */
function body(type: string, resourceVersion?: string): string {
  const metadata = { name: "p", ...(resourceVersion === undefined ? {} : { resourceVersion }) };
  return JSON.stringify({ metadata, status: { conditions: [{ type, message: "naïve ✔" }] } });
}

function serve(tls?: { certificate: string; key: string }): ApiServer {
  const server = new ApiServer(tls === undefined ? {} : { tls });
  server.store.put(makeClusterPolicy("p"));
  server.start();
  return server;
}

function stored({ store }: ApiServer): readonly (readonly [string, string | undefined])[] {
  const object = store.collection("clusternetworkpolicies").objects.get("p");
  return conditionsOf(object?.value ?? {}).map(({ type, message }) => [type, message]);
}

for (const isInsecure of [false, true]) {
  const way = isInsecure ? "own transport" : "fetch";
  Deno.test(`a part of an object is applied by TLS, and a refusal told as such (${way})`, async () => {
    const authority = await Authority.create();
    await using server = serve(await authority.issueServing(["127.0.0.1"]));
    const access = accessTo(server.url);
    const tls = { ...access.tls, authorities: authority.certificate, isInsecure };
    const client = await ApiClient.open(() => Promise.resolve({ ...access, tls }));
    try {
      const answer = await client.apply(`${path}?${query}`, body("One"), signal);
      for await (const _ of answer.body);
      deepEqual(stored(server), [["One", "naïve ✔"]]);
      await rejects(client.apply(`${path}?${query}`, body("Two", "1"), signal), (error) => {
        equal(error instanceof ApiError && error.status, 409);
        const told = `Cannot patch ${path}: 409 Conflict: the object has been modified`;
        equal(error instanceof Error && error.message, told);
        return true;
      });
      deepEqual(stored(server), [["One", "naïve ✔"]]);
    } finally {
      client.close();
    }
  });
}

Deno.test("who is refused for a token that has run out applies once more, with the new one", async () => {
  await using server = serve();
  server.tokens = new Set(["new"]);
  let token = "old";
  const client = await ApiClient.open(() => {
    const authorization = { kind: "token", token } as const;
    token = "new";
    return Promise.resolve<Access>(accessTo(server.url, { authorization }));
  });
  try {
    const answer = await client.apply(`${path}?${query}`, body("One"), signal);
    for await (const _ of answer.body);
  } finally {
    client.close();
  }
  deepEqual(stored(server), [["One", "naïve ✔"]]);
  deepEqual(server.requests.map(({ method, authorization }) => [method, authorization]), [
    ["PATCH", "Bearer old"],
    ["PATCH", "Bearer new"],
  ]);
});
