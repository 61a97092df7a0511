import { equal } from "node:assert/strict";
import fc from "fast-check";
import { ClusterStore } from "../../../lib/cluster/store.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import { keyOf } from "../../../lib/model/object_key.ts";

const ips = ["10.0.0.1", "10.0.0.2", "10.0.0.3"] as IpAddress[];

/** What happens to a pod, at one of the addresses and with one of the sandboxes. */
interface Step {
  readonly kind: "upsert" | "end" | "remove" | "add" | "del";
  readonly pod: string;
  readonly ip: IpAddress;
  readonly sandbox: string;
}

const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom<Step["kind"][]>("upsert", "end", "remove", "add", "del"),
    pod: fc.constantFrom("a", "b", "c"),
    ip: fc.constantFrom(...ips),
    sandbox: fc.constantFrom("1", "2", "3"),
  }),
  { maxLength: 30 },
);

function makePod({ pod, ip, kind }: Step): Pod {
  return {
    namespace: "shop",
    name: pod,
    uid: pod,
    labels: {},
    nodeName: "here",
    hostNetwork: false,
    ended: kind === "end",
    addresses: [ip],
    ports: [],
    createdAt: pod.charCodeAt(0),
    broken: false,
    allowedSources: [],
  };
}

/** The rules of who owns an address, each looked up anew from all that is known. */
class PlainRules {
  readonly #api = new Map<string, Pod>();
  readonly #held = new Map<IpAddress, { readonly sandbox: string; readonly pod: string }>();
  readonly #last = new Map<string, Pod>();
  readonly #ended = new Set<string>();

  take(step: Step): void {
    const { kind, pod, ip, sandbox } = step;
    if (kind === "upsert" || kind === "end") {
      for (const shown of this.#api.get(pod)?.addresses ?? []) {
        if (shown !== ip) this.#ended.delete(`${pod} ${shown}`);
      }
      this.#api.set(pod, makePod(step));
    }
    if (kind === "remove") this.#api.delete(pod);
    if (kind === "add" || kind === "del") {
      for (const [other, holder] of [...this.#held]) {
        if (holder.sandbox === sandbox || (kind === "add" && other === ip)) this.#end(other);
      }
    }
    if (kind === "add") this.#hold(step);
    if (kind === "remove") { for (const each of ips) this.#ended.delete(`${pod} ${each}`); }
    for (const { sandbox, pod } of this.#held.values()) {
      const live = this.#live(pod);
      if (live !== undefined) this.#last.set(sandbox, live);
    }
  }

  owner(ip: IpAddress): Pod | undefined {
    const holder = this.#held.get(ip);
    const live = holder === undefined ? undefined : this.#live(holder.pod);
    if (live !== undefined) return live;
    const claimants = [...this.#api.values()].filter((pod) =>
      !pod.ended && pod.addresses.includes(ip) && !this.#ended.has(`${pod.name} ${ip}`)
    );
    const newest = claimants.sort((a, b) => a.createdAt - b.createdAt).at(-1);
    const last = holder === undefined ? undefined : this.#last.get(holder.sandbox);
    return (newest?.createdAt ?? 0) < (last?.createdAt ?? 0) ? undefined : newest;
  }

  /** Who departed from an address that a sandbox still holds; "nobody knows" for a stranger. */
  departed(ip: IpAddress): Pod | "nobody knows" | undefined {
    const holder = this.#held.get(ip);
    if (holder === undefined || this.owner(ip) !== undefined) return undefined;
    return this.#last.get(holder.sandbox) ?? "nobody knows";
  }

  #hold({ ip, sandbox, pod }: Step): void {
    this.#last.delete(sandbox);
    this.#held.set(ip, { sandbox, pod });
  }

  #end(ip: IpAddress): void {
    const pod = this.#held.get(ip)?.pod ?? "";
    if (this.#live(pod) !== undefined) this.#ended.add(`${pod} ${ip}`);
    this.#held.delete(ip);
  }

  #live(name: string): Pod | undefined {
    const pod = this.#api.get(name);
    return pod?.ended ? undefined : pod;
  }
}

function tell(store: ClusterStore, step: Step): void {
  const { kind, pod, ip, sandbox } = step;
  const name = { containerID: sandbox, ifName: "eth0" };
  switch (kind) {
    case "upsert":
    case "end":
      return store.sinks.pods.upsert(makePod(step), 1);
    case "remove":
      return store.sinks.pods.remove(makePod(step), 1);
    case "add":
      return store.announce({
        ...{ ...name, netns: "", podNamespace: "shop", podName: pod, podUID: pod, ips: [ip] },
        ...{ hostInterface: `veth${sandbox}`, bridge: "" },
      }, () => {});
    case "del":
      return store.retire(name);
    default:
      kind satisfies never;
  }
}

Deno.test("whatever the history, each address is whose the plain rules say (NP-53, NP-56)", () => {
  const seed = Number(Deno.env.get("HEDGEROW_FUZZ_SEED") ?? Date.now() % 2 ** 31);
  fc.assert(
    fc.property(steps, (history) => {
      const store = new ClusterStore({ nodeName: "here", now: () => 0 });
      for (const kind of Object.values(store.sinks)) kind.replace([], 1);
      const rules = new PlainRules();
      for (const step of history) {
        tell(store, step);
        rules.take(step);
        for (const ip of ips) {
          const [owner, departed] = [store.owners.get(ip), store.departed.get(ip)];
          equal(owner?.name, rules.owner(ip)?.name, `the owner of ${ip}`);
          equal(owner?.ended ?? false, false);
          const expected = rules.departed(ip);
          if (expected === "nobody knows") equal(departed?.broken, true, `stranger at ${ip}`);
          else if (expected !== undefined) equal(departed?.name, expected.name, `left ${ip}`);
          if (owner !== undefined) equal(departed, undefined);
        }
      }
    }),
    { seed, numRuns: 2000 },
  );
});

/** Another agent, which is told of the same pods, before or after it reads what is written down. */
function nextOf(before: ClusterStore, isToldFirst: boolean): ClusterStore {
  const store = new ClusterStore({ nodeName: "here", now: () => 0 });
  const learn = (): void => {
    const { pods, ...others } = store.sinks;
    pods.replace([...before.pods.values()], 1);
    for (const kind of Object.values(others)) kind.replace([], 1);
  };
  if (isToldFirst) learn();
  store.restore(before.heritage);
  for (const endpoint of before.endpoints.values()) store.restoreEndpoint(endpoint, () => {});
  if (!isToldFirst) learn();
  return store;
}

Deno.test("whatever the history, no pod loses an address by other agents that begin", () => {
  const seed = Number(Deno.env.get("HEDGEROW_FUZZ_SEED") ?? Date.now() % 2 ** 31);
  const agents = fc.array(fc.boolean(), { maxLength: 2 });
  fc.assert(
    fc.property(steps, fc.infiniteStream(agents), (history, agents) => {
      let store = new ClusterStore({ nodeName: "here", now: () => 0 });
      for (const kind of Object.values(store.sinks)) kind.replace([], 1);
      for (const step of history) {
        const pod = store.pods.get(keyOf({ namespace: "shop", name: step.pod }));
        // An ADD waits for its pod.
        if (step.kind !== "add" || pod?.ended === false) tell(store, step);
        const owners = ips.map((ip) => store.owners.get(ip)?.name);
        for (const isToldFirst of agents.next().value) {
          store = nextOf(store, isToldFirst);
          for (const [i, owner] of owners.entries()) {
            const ip = ips[i] as IpAddress;
            if (owner !== undefined) equal(store.owners.get(ip)?.name, owner, `the owner of ${ip}`);
          }
        }
      }
    }),
    { seed, numRuns: 1000 },
  );
});
