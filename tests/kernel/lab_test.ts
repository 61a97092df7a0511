import assert from "node:assert/strict";
import type { IpAddress } from "../../lib/model/address.ts";
import { protocols } from "../../lib/model/port.ts";
import { runTool } from "../lab/tool.ts";
import { addressOf, plan } from "../lab/topology.ts";
import type { Probe } from "../lab/traffic.ts";
import { type Outcome, probeProtocols } from "../lab/traffic_calls.ts";
import { baseChains, both, createLab, PORT, twoNodes } from "./two_nodes.ts";

Deno.test("every host of the lab reaches every other, by every protocol and both families", async () => {
  await using lab = await createLab();
  const probes = lab.hosts.flatMap((from) =>
    lab.hosts.flatMap((to) => probeProtocols.flatMap((protocol) => both(from, to, protocol)))
  );
  assert.equal(probes.length, 7 * 7 * 4 * 2);
  const outcomes = await lab.traffic.probeAll(probes);
  assert.deepEqual(outcomes.filter((outcome) => outcome !== "open"), []);
});

Deno.test("a port that nobody serves refuses, an address that nobody has does not answer", async () => {
  await using lab = await createLab();
  const from = lab.network.host("a/1");
  const to = lab.network.host("b/3");
  const nobody = ["10.244.2.77", "fd00:10:244:2::77"] as IpAddress[];
  const outcomes = await lab.traffic.probeAll([
    { from, to, protocol: "TCP", port: 81 },
    { from, to, protocol: "UDP", port: 81 },
    ...nobody.map((to): Probe => ({ from, to, protocol: "TCP", port: PORT })),
    ...nobody.map((to): Probe => ({ from, to, protocol: "ICMP" })),
  ]);
  assert.deepEqual(outcomes, ["refused", "refused", ...Array<Outcome>(4).fill("unreachable")]);
});

Deno.test("what a node's rules drop times out, and its connection tracking takes SCTP for valid", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  await network.nft("n2", baseChains("ct state invalid counter drop"));
  await network.nft("n2", "add element inet hedgerow denied4 { 10.244.2.2 }");
  await network.nft("n2", "add element inet hedgerow denied6 { fd00:10:244:2::2 }");
  for (const [name, expected] of [["b/3", "timeout"], ["b/4", "open"]] as const) {
    const probes = probeProtocols.flatMap((protocol) =>
      both(network.host("a/1"), network.host(name), protocol)
    );
    const outcomes = await traffic.probeAll(probes);
    assert.deepEqual(new Set(outcomes), new Set([expected]), name);
  }
});

Deno.test("a service leads to its backends from pods and nodes, and a pod to itself", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  const addresses = ["10.96.0.10", "fd00:10:96::10"] as IpAddress[];
  const backends = network.host("b/3").addresses.map((address) => ({ address, port: PORT }));
  const service = { addresses, port: 8080, backends };
  await network.setServices(
    protocols.map((protocol) => ({ ...service, protocol })),
  );
  // From far, from near, from the backend itself, from both nodes; the outside knows no services.
  const expected = { "a/1": "open", "b/4": "open", "b/3": "open", n1: "open", n2: "open" };
  for (const protocol of protocols) {
    const probes = Object.keys(expected).flatMap((name) =>
      addresses.map((to) => ({ from: network.host(name), to, protocol, port: 8080 }))
    );
    const outcomes = await traffic.probeAll(probes);
    assert.deepEqual(new Set(outcomes), new Set(["open"]), protocol);
  }
  await network.setServices([]);
  const [to] = addresses;
  assert.ok(to !== undefined);
  const withdrawn: Probe = { from: network.host("a/1"), to, protocol: "TCP", port: 8080 };
  assert.notEqual(await traffic.probe(withdrawn), "open");
});

Deno.test("the outside sees pods' own addresses, or their node's where the topology says masquerade", async () => {
  for (const masquerade of [false, true]) {
    await using lab = await createLab({ ...twoNodes, masquerade });
    const { network, traffic } = lab;
    const [pods, pods6] = plan.podRanges;
    await network.nft(
      "outside",
      `table inet picky {
        chain input {
          type filter hook input priority 0
          ip saddr ${pods} drop
          ip6 saddr ${pods6} drop
        }
      }`,
    );
    const outcomes = await traffic.probeAll(
      probeProtocols.flatMap((p) => both(network.host("a/1"), network.host("outside"), p)),
    );
    assert.deepEqual(new Set(outcomes), new Set([masquerade ? "open" : "timeout"]));
  }
});

Deno.test("a pod's address can be given to another, on its own node or elsewhere", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  const first = network.host("a/1");
  const everybody = ["a/2", "b/3", "n1", "n2", "outside"].map((name) => network.host(name));
  const reach = (port: number): Promise<readonly Outcome[]> =>
    traffic.probeAll(
      everybody.flatMap((from) =>
        first.addresses.map((to): Probe => ({ from, to, protocol: "TCP", port }))
      ),
    );
  // The first holder keeps its wire, as a pod whose phase is Failed may; it gets nothing more.
  for (const [index, node] of ["n1", "n2", "n1"].entries()) {
    const heir = await network.addPod(`a/heir-${index}`, { node, addresses: first.addresses });
    await traffic.serve(heir, "TCP", 1000 + index);
    assert.deepEqual(new Set(await reach(1000 + index)), new Set(["open"]), node);
    assert.deepEqual(new Set(await reach(PORT)), new Set(["refused"]), node);
  }
});

Deno.test("a removed pod is gone at once, and its address can be used again", async () => {
  await using lab = await createLab();
  const { network, traffic } = lab;
  const [pod, from] = [network.host("b/3"), network.host("a/1")];
  await lab.removePod("b/3");
  const question: Probe = { from, to: addressOf(pod, "IPv4"), protocol: "TCP", port: PORT };
  assert.equal(await traffic.probe(question), "unreachable");
  await lab.addPod("b/3", { node: "n2", addresses: pod.addresses });
  assert.equal(await traffic.probe(question), "open");
});

Deno.test("a listener and a process made in a namespace live there", async () => {
  await using lab = await createLab();
  const { network } = lab;
  await using _server = network.in(
    "fabric",
    () =>
      Deno.serve(
        { hostname: plan.fabric[0], port: 8443, onListen: () => {} },
        () => new Response(),
      ),
  );
  const to = plan.fabric[0];
  const question = { protocol: "TCP", port: 8443, to } as const;
  assert.equal(await lab.traffic.probe({ ...question, from: network.host("n1") }), "open");
  const links = await runTool("ip", ["-br", "link"], { netns: network.host("a/1").netns });
  assert.match(links, /^lo .*\neth0@/);
  assert.throws(
    () => network.in("a/1", () => Promise.resolve()),
    /Cannot run in network namespace .*: the function is asynchronous/,
  );
});
