import { deepEqual, equal, ok } from "node:assert/strict";
import { Table } from "../../../lib/apply/table.ts";
import { listingOf } from "./listings.ts";
import { Namespace, run } from "./namespace.ts";

/** Sends UDP to the sink as fast as it can. */
const flood = `
const socket = Deno.listenDatagram({ transport: "udp", hostname: "10.0.0.2", port: 0 });
const to = { transport: "udp", hostname: "10.9.0.2", port: 9 };
const bytes = new Uint8Array(32);
for (;;) await Promise.all(Array.from({ length: 64 }, () => socket.send(bytes, to).catch(() => 0)));
`;

/** A pod, its node and a sink behind it; the sink counts what arrives. */
async function wire(pod: Namespace, node: Namespace, sink: Namespace): Promise<void> {
  const lines = [
    `link add hrpod netns ${node.name} type veth peer name eth0 netns ${pod.name}`,
    `link add hrsink netns ${node.name} type veth peer name eth0 netns ${sink.name}`,
    `-n ${node.name} address add 10.0.0.1/24 dev hrpod`,
    `-n ${node.name} address add 10.9.0.1/24 dev hrsink`,
    `-n ${node.name} link set hrpod up`,
    `-n ${node.name} link set hrsink up`,
    ...[[pod.name, "10.0.0"], [sink.name, "10.9.0"]].flatMap(([name, net]) => [
      `-n ${name} address add ${net}.2/24 dev eth0`,
      `-n ${name} link set eth0 up`,
      `-n ${name} route add default via ${net}.1`,
    ]),
  ];
  for (const line of lines) await run("ip", line.split(" "));
  const forwarding = "echo 1 > /proc/sys/net/ipv4/ip_forward";
  await run("nsenter", [`--net=/run/netns/${node.name}`, "sh", "-c", forwarding]);
  await sink.load(
    "table inet hedgerow { chain input { type filter hook input priority 0; udp dport 9 counter; }; }",
  );
}

async function arrived(sink: Namespace): Promise<number> {
  const args = [...sink.command.slice(1), "list", "table", "inet", "hedgerow"];
  const text = await run(sink.command[0], args);
  const packets = /counter packets (\d+)/.exec(text)?.[1];
  ok(packets !== undefined, text);
  return Number(packets);
}

/** Waits until the sink has had packets that it has not had now. */
async function flows(sink: Namespace): Promise<void> {
  const before = await arrived(sink);
  const deadline = performance.now() + 10_000;
  while (await arrived(sink) < before + 100) {
    ok(performance.now() < deadline, "the flood does not reach the sink");
  }
}

/** All that is declared differs by a word, so that nothing of one table can stay in the other. */
function denying(words: string): ReturnType<typeof listingOf> {
  const peers = Array.from({ length: 50 }, (_, i) => `10.9.0.${i + 2}`);
  return listingOf({
    groups: new Map([["a", ["pods4-a"]]]), // it allows TCP to the sink, and the flood is UDP
    pods: new Map([["10.0.0.2", "a"]]),
    sets: new Map([["pods4-a", peers]]),
    words,
  });
}

Deno.test("mending everything that is declared otherwise lets no denied packet through", async () => {
  await using pod = await Namespace.make();
  await using node = await Namespace.make();
  await using sink = await Namespace.make();
  await wire(pod, node, sink);
  const child = new Deno.Command("nsenter", {
    args: [`--net=/run/netns/${pod.name}`, Deno.execPath(), "eval", "--unstable-net", flood],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const table = new Table(node.nft);
  try {
    await flows(sink);
    await table.apply(denying(""));
    const before = await arrived(sink);
    for (let i = 0; i < 150; i++) {
      const { transactions, replaced } = await table.apply(denying(i % 2 === 0 ? " of old" : ""));
      ok(transactions > 3 && !replaced, "it was no mending in place");
    }
    equal(await arrived(sink) - before, 0);
    deepEqual((await table.heal()).drift, []);
    await table.remove();
    await flows(sink);
  } finally {
    await table.close();
    child.kill("SIGKILL");
    await child.status;
  }
});
