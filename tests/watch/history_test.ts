import { equal } from "node:assert/strict";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { decodePod } from "../../lib/decode/pod.ts";
import type { Pod } from "../../lib/model/cluster.ts";
import type { Access } from "../../lib/watch/access.ts";
import { ApiServer } from "../apiserver/api_server.ts";
import { ObjectStore } from "../apiserver/store.ts";
import { until } from "../lab/clock.ts";
import { makePod } from "../unit/objects.ts";
import { accessTo, Follower } from "./follower.ts";
import { historyStep } from "./history_step.ts";

const histories = 60;

const timing = { silenceMs: 100, streamedListMs: 60, answerMs: 1000, minBackoffMs: 2 };

/** The pods that have not ended, as they are to be known. */
function truth({ store }: ApiServer): Readonly<Record<string, unknown>> {
  const live = [...store.collection("pods").objects.values()]
    .filter(({ fields }) => fields.get("status.phase") === "Running")
    .map(({ key, value }) => [key, decodePod(value).object] as const);
  return Object.fromEntries(live.sort());
}

/** Plain access, by fetch or by the transport that has a connection for each request. */
function accessBy(transport: "fetch" | "own", { url }: ApiServer): Access {
  const access = accessTo(url);
  if (transport === "fetch") return access;
  return { ...access, tls: { ...access.tls, serverName: "localhost" } };
}

for (const transport of ["fetch", "own"] as const) {
  Deno.test(`after any history with any faults, the sink knows what the server knows (${transport})`, async () => {
    const seed = Date.now() & 0x7fffffff;
    const property = fc.asyncProperty(
      fc.array(historyStep, { minLength: 1, maxLength: 40, size: "max" }),
      async (steps) => {
        await using server = new ApiServer({ store: new ObjectStore({ version: 100_000 }) });
        server.store.put(makePod("shop/pod-0"));
        server.start();
        const load = () => Promise.resolve(accessBy(transport, server));
        await using follower = await Follower.ofPods(server, { load, timing });
        await follower.untilSynced();
        for (const step of steps) await step.run(server);
        await until(
          "sink and server agree",
          () => follower.status.isSynced && isDeepStrictEqual(known(follower), truth(server)),
          { timeoutMs: 8000 },
        );
        equal(follower.status.objects, follower.sink.objects.size);
      },
    );
    await fc.assert(property, { seed, numRuns: histories, endOnFailure: true });
  });
}

function known({ sink }: Follower<Pod>): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...sink.objects].sort());
}
