import { deepEqual, rejects } from "node:assert/strict";
import { until } from "../../lab/clock.ts";
import type { Cluster } from "../../lab/cluster.ts";
import { nft } from "../../lab/tool.ts";
import type { Host } from "../../lab/topology.ts";
import { createShop, hedgerow, mainPlugin, node, pendingPod, runtimeOf, thiefOf } from "./chain.ts";
import type { MainPlugin } from "./chain.ts";
import { type Conversation, conversations, listen, nameOf, open, say } from "./conversation.ts";

/** Both pods have the same addresses, one after the other, and no policy is about either. */
const only = { first: 200, last: 200 };

for (const type of ["ptp", "bridge"] as const) {
  Deno.test(`${type}: no packet of a connection of an address's last owner reaches the next one`, async (t) => {
    await using cluster = await createShop();
    await cluster.startAgents();
    const table = cluster.lab.host(node).netns;
    const { traffic } = cluster.lab;
    const { peer, pod, end } = await begin(cluster, type);
    const [old, own] = [conversations(1000), conversations(3000)];
    const taken = conversations(2000).filter(({ protocol }) => protocol === "UDP");
    const last = await pod("last");
    await open(traffic, { pod: last, peer }, [...old, ...taken]);
    const fromNode = { pod: last, peer: cluster.lab.host(node) };
    await say(traffic, fromNode, ofNode, "peer");
    await traffic.forget(last);
    await end("last");
    const next = await pod("next");
    const speakers = { pod: next, peer };
    const heard = await listen(traffic, next, [...old, ...taken, ...own, ofNode]);
    /** What the peer says, and how often it was heard when all of it was on its way. */
    const sayAll = async (
      of: readonly Conversation[],
    ): Promise<Counts> => {
      for (const one of of) await say(traffic, speakers, one, "peer");
      await passed(cluster, speakers, next);
      return await countsOf(heard, of);
    };
    await t.step("whichever side opened it, TCP and UDP, both families", async () => {
      deepEqual(await sayAll(old), each(old, 0));
    });
    await t.step("nor of the node's", async () => {
      await rejects(say(traffic, { ...fromNode, pod: next }, ofNode, "peer"), /EPERM/);
    });
    await t.step("what the next one opens, or is opened to it, is its own", async () => {
      await open(traffic, speakers, own);
      deepEqual(await sayAll(own), each(own, 1));
    });
    await t.step("also between UDP ports that the last one used", async () => {
      for (const one of taken) await say(traffic, speakers, one, "pod");
      deepEqual(await sayAll(taken), each(taken, 1));
    });
    await t.step("another agent cuts nothing, and lets nothing through", async () => {
      await cluster.agent(node).stop("SIGKILL");
      cluster.agent(node).start();
      await cluster.agent(node).ready();
      deepEqual(await sayAll([...old, ...own]), [...each(old, 0), ...each(own, 2)]);
    });
    await t.step("who goes on for more than three minutes goes on in vain", async () => {
      for (const [i, address] of next.addresses.entries()) {
        const set = `newcomers${i === 0 ? 4 : 6}-2`; // the second to have the address
        await nft(table, `delete element inet hedgerow ${set} { ${address} }`);
      }
      deepEqual(await sayAll([...old, ...own]), [...each(old, 0), ...each(own, 3)]);
    });
    await t.step("without the rule all of it arrives", async () => {
      await nft(table, "flush chain inet hedgerow newcomer");
      deepEqual(await sayAll(old), each(old, 1));
    });
  });
}

Deno.test("what has outlived a pod reaches none of the next three, who follow within moments", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const { traffic } = cluster.lab;
  const { peer, pod, end } = await begin(cluster, "ptp");
  const old = conversations(1000);
  const names = ["first", "second", "third", "fourth"];
  for (const name of names) {
    const own = await pod(name);
    const speakers = { pod: own, peer };
    const heard = await listen(traffic, own, old);
    if (name === "first") await open(traffic, speakers, old); // without a word that is listened for
    if (name === "second" || name === "fourth") { // the fourth is of the same era as the first
      for (const one of old) await say(traffic, speakers, one, "peer");
      await passed(cluster, speakers, own);
    }
    deepEqual(await countsOf(heard, old), each(old, 0), name);
    await traffic.forget(own);
    await end(name);
  }
});

Deno.test("what has outlived a pod reaches the next one no more where another agent has begun in between", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const { traffic } = cluster.lab;
  const { peer, pod, end } = await begin(cluster, "ptp");
  const old = conversations(1000);
  const last = await pod("last");
  await open(traffic, { pod: last, peer }, old);
  await cluster.agent(node).stop("SIGKILL");
  cluster.agent(node).start();
  await cluster.agent(node).ready();
  await traffic.forget(last);
  await end("last");
  const next = await pod("next");
  const heard = await listen(traffic, next, old);
  for (const one of old) await say(traffic, { pod: next, peer }, one, "peer");
  await passed(cluster, { pod: next, peer }, next);
  deepEqual(await countsOf(heard, old), each(old, 0));
});

Deno.test("where no room is left to remember connections, new pods have theirs all the same", async () => {
  await using cluster = await createShop();
  await cluster.startAgents();
  const { traffic } = cluster.lab;
  const { peer, pod } = await begin(cluster, "ptp");
  const ids = Array.from({ length: 65_535 }, (_, i) => i + 1).join();
  await nft(cluster.lab.host(node).netns, `add element inet hedgerow begun-1 { ${ids} }`);
  const late = await pod("late");
  const speakers = { pod: late, peer };
  const own = conversations(1000);
  await open(traffic, speakers, own);
  const heard = await listen(traffic, late, own);
  for (const times of [1, 2]) {
    for (const one of own) await say(traffic, speakers, one, "peer");
    await passed(cluster, speakers, late);
    deepEqual(await countsOf(heard, own), each(own, times));
    // Reading the table back makes nobody new again.
    const told = `hedgerow_event_to_kernel_seconds_count{trigger="reload"} ${times}\n`;
    cluster.agent(node).signal("SIGHUP");
    await until("it is read back", async () => {
      return (await cluster.agent(node).get("/metrics")).body.includes(told);
    });
  }
});

/** What the node itself sends to the pod. */
const ofNode: Conversation = { protocol: "UDP", family: "IPv4", opener: "peer", port: 4000 };

interface Scene {
  readonly peer: Host;
  /** A new pod that says nothing of its own, and that the API knows. */
  readonly pod: (name: string) => Promise<Host>;
  readonly end: (name: string) => Promise<void>;
}

async function begin(cluster: Cluster, type: MainPlugin): Promise<Scene> {
  const peer = await thiefOf(cluster, type);
  await mute(peer);
  const runtime = runtimeOf(cluster, mainPlugin(cluster, type, only), hedgerow(cluster));
  return {
    peer,
    pod: async (name) => {
      const object = pendingPod(`street/${name}`);
      cluster.put(object);
      const uid = object.metadata.uid ?? "";
      const pod = await runtime.add({ id: name, pod: `street/${name}`, uid });
      await mute(pod);
      return pod;
    },
    end: async (name) => {
      await runtime.del({ id: name, pod: `street/${name}`, uid: "" });
    },
  };
}

/** How often something of a conversation was heard, by its name. */
type Counts = readonly (readonly [name: string, count: number | undefined])[];

async function countsOf(
  heard: Awaited<ReturnType<typeof listen>>,
  of: readonly Conversation[],
): Promise<Counts> {
  return await Promise.all(of.map(async (one) => [nameOf(one), await heard.get(one)?.count()]));
}

function each(of: readonly Conversation[], count: number): Counts {
  return of.map((one) => [nameOf(one), count]);
}

/** A host that says nothing of its own: it knows nothing of connections made by hand. */
async function mute({ netns }: Host): Promise<void> {
  const drop = (hook: string): string =>
    `add chain inet mute ${hook} { type filter hook ${hook} priority 0; }\n` +
    `add rule inet mute ${hook} meta l4proto { tcp, udp } drop\n`;
  await nft(netns, `add table inet mute\n${drop("input")}`);
}

let laps = 0;

/** Waits until a packet of the same way, sent after all the others, has arrived. */
async function passed(
  cluster: Cluster,
  speakers: { readonly pod: Host; readonly peer: Host },
  at: Host,
): Promise<void> {
  const { traffic } = cluster.lab;
  const last = (["IPv4", "IPv6"] as const).map((family): Conversation => {
    return { protocol: "UDP", family, opener: "peer", port: 5000 + laps++ };
  });
  const heard = await listen(traffic, at, last);
  for (const one of last) await say(traffic, speakers, one, "peer");
  for (const sniffer of heard.values()) {
    await until("the last packet has arrived", async () => await sniffer.count() === 1);
    await sniffer[Symbol.asyncDispose]();
  }
}
