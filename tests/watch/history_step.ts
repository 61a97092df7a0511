import fc from "fast-check";
import type { ApiServer } from "../apiserver/api_server.ts";
import { ObjectStore } from "../apiserver/store.ts";
import type { Stored } from "../apiserver/stored.ts";
import type { Watch } from "../apiserver/watch.ts";
import { delay } from "../lab/clock.ts";
import { makePod } from "../unit/objects.ts";

/** One step of a random history: something happens to the objects, or to the server. */
export interface HistoryStep {
  /** What is printed of it. */
  readonly what: string;
  readonly run: (server: ApiServer) => void | Promise<void>;
}

const pod = fc.integer({ min: 0, max: 5 }).map((number) => `shop/pod-${number}`);

const changes: readonly fc.Arbitrary<HistoryStep>[] = [
  fc.tuple(pod, fc.constantFrom("a", "b")).map(([key, label]) => ({
    what: `label ${key} ${label}`,
    run: (server) => void put(server, key, { labels: { label } }),
  })),
  fc.tuple(pod, fc.constantFrom("Succeeded" as const, "Running" as const)).map(([key, phase]) => ({
    what: `${key} is ${phase}`,
    run: (server) => void put(server, key, { phase }),
  })),
  pod.map((key) => ({
    what: `delete ${key}`,
    run: ({ store }) => void store.delete("pods", key),
  })),
  pod.map((key) => ({
    what: `make ${key} again`,
    run: ({ store }) => {
      store.delete("pods", key);
      store.put(makePod(key, { uid: crypto.randomUUID() }));
    },
  })),
];

const faults: readonly fc.Arbitrary<HistoryStep>[] = [
  pod.map((key) => ({
    what: `half a line about ${key}`,
    run: (server) => {
      const half = put(server, key, {});
      eachWatch(server, (watch) => watch.end(half));
    },
  })),
  fc.constantFrom("\n", "nonsense\n", "null\n", `{"type":"ADDED","obj`).map((text) => ({
    what: `send ${JSON.stringify(text)}`,
    run: (server) => eachWatch(server, (watch) => watch.sendText(text)),
  })),
  fc.constantFrom([410, "Gone"], [500, "InternalError"], [0, "Expired"]).map(
    ([code, reason]) => ({
      what: `error ${code} ${reason}`,
      run: (server) =>
        eachWatch(
          server,
          (watch) =>
            watch.error({ code: Number(code), reason: `${reason}`, message: "for a test" }),
        ),
    }),
  ),
  fc.constantFrom(400, 401, 403, 410, 422, 429, 500, 503).map((code) => ({
    what: `refuse with ${code}`,
    run: (server) => server.faults.refuse({ code, reason: "", message: "for a test" }),
  })),
  fc.constantFrom("serve" as const, "refuse" as const, "ignore" as const).map((how) => ({
    what: `${how} streamed lists`,
    run: (server) => void (server.faults.streamedLists = how),
  })),
  fc.constantFrom("event" as const, "status" as const).map((expiry) => ({
    what: `tell of expiry by ${expiry}`,
    run: (server) => void (server.faults.expiry = expiry),
  })),
  fc.constantFrom("as it was", "below", "above").map((where) => ({
    what: `away, and back ${where}`,
    run: async (server) => {
      await server.stop();
      if (where !== "as it was") server.store = otherHistory(server, where === "above");
      await delay(10);
      server.start();
    },
  })),
  fc.constant({
    what: "freeze",
    run: (server) => eachWatch(server, (watch) => watch.freeze(true)),
  }),
  fc.constant({ what: "end", run: (server) => eachWatch(server, (watch) => watch.end()) }),
  fc.constant({ what: "drop", run: (server) => server.drop() }),
];

const times: readonly fc.Arbitrary<HistoryStep>[] = [
  fc.integer({ min: 0, max: 30 }).map((ms) => ({ what: `wait ${ms} ms`, run: () => delay(ms) })),
  fc.constant({ what: "compact", run: ({ store }) => store.compact() }),
  fc.constant({ what: "advance", run: ({ store }) => store.advance() }),
  fc.constant({
    what: "bookmark",
    run: (server) => eachWatch(server, (watch) => watch.bookmark()),
  }),
];

/** Objects change more often than servers fail. */
export const historyStep: fc.Arbitrary<HistoryStep> = fc.oneof(
  { weight: 4, arbitrary: fc.oneof(...changes) },
  { weight: 2, arbitrary: fc.oneof(...faults) },
  { weight: 3, arbitrary: fc.oneof(...times) },
);

/** The lowest and the highest version that any history of a server has begun with. */
const begun = new WeakMap<ApiServer, readonly [number, number]>();

/**
 * An empty store with versions that no history of the server had before: two that share versions by
 * chance are beyond anybody's wit.
 */
function otherHistory(server: ApiServer, isAbove: boolean): ObjectStore {
  const now = server.store.version;
  const [low, high] = begun.get(server) ?? [now, now];
  const version = isAbove ? high + 1000 : low - 1000;
  begun.set(server, [Math.min(low, version), Math.max(high, version)]);
  return new ObjectStore({ version });
}

function put({ store }: ApiServer, key: string, traits: Parameters<typeof makePod>[1]): Stored {
  const uid = store.collection("pods").objects.get(key)?.uid ?? crypto.randomUUID();
  return store.put(makePod(key, { uid, ...traits }));
}

function eachWatch(server: ApiServer, run: (watch: Watch) => void): void {
  for (const watch of server.watches()) run(watch);
}
