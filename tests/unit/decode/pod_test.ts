import assert from "node:assert/strict";
import { decodeNamespace } from "../../../lib/decode/namespace.ts";
import { decodeNode } from "../../../lib/decode/node.ts";
import { decodePod } from "../../../lib/decode/pod.ts";
import { labelOf } from "../../../lib/model/labels.ts";
import type { Pod } from "../../../lib/model/cluster.ts";
import { formatRange } from "../../../lib/model/address_value.ts";
import { formatIssue } from "../../../lib/model/issue.ts";
import { makeNamespace, makeNode, makePod } from "../objects.ts";

/** Decodes a pod that has to be in order. */
function decode(value: unknown): Pod {
  const { object, issues } = decodePod(value);
  assert.deepEqual(issues, []);
  assert.ok(object !== undefined && !object.broken);
  return object;
}

function withStatus(status: unknown): unknown {
  return { ...makePod("shop/web"), status };
}

function withSpec(spec: unknown): unknown {
  return { ...makePod("shop/web"), spec };
}

Deno.test("a pod becomes the record of what policies need to know of it", () => {
  const pod = decode(makePod("shop/web", {
    labels: { app: "web", empty: "" },
    ips: ["10.0.0.1", "fd00::1"],
    ports: [{ name: "http", containerPort: 8080 }],
    created: "2026-01-01T00:00:01Z",
  }));
  assert.deepEqual(pod, {
    namespace: "shop",
    name: "web",
    uid: "uid-of-shop-web",
    labels: { app: "web", empty: "" },
    nodeName: "node-1",
    hostNetwork: false,
    ended: false,
    addresses: ["10.0.0.1", "fd00::1"],
    ports: [{ name: "http", protocol: "TCP", port: 8080 }],
    createdAt: Date.UTC(2026, 0, 1, 0, 0, 1),
    broken: false,
    allowedSources: [],
  });
});

Deno.test("a pod of which nothing is said but its name is one", () => {
  const pod = decode({ metadata: { namespace: "shop", name: "web", labels: null }, spec: null });
  assert.deepEqual([pod.nodeName, pod.uid, pod.createdAt, pod.hostNetwork], ["", "", 0, false]);
  assert.deepEqual([pod.labels, pod.addresses, pod.ports], [{}, [], []]);
});

for (
  const [phase, ended] of [["Succeeded", true], ["Failed", true], ["Running", false], [
    "Pending",
    false,
  ], ["Unknown", false]] as const
) {
  Deno.test(`NP-53 NP-55 a pod that is ${phase} has ${ended ? "" : "not "}ended`, () => {
    assert.equal(decode(makePod("shop/web", { phase })).ended, ended);
  });
}

Deno.test("a pod that forwards for others says for whom in an annotation; in disorder it allows nothing", () => {
  const decode = (sources: unknown): ReturnType<typeof decodePod> => {
    const pod = makePod("gate/vpn", { ips: ["10.0.0.1"] });
    const annotations = { "hedgerow.dev/allowed-sources": sources };
    return decodePod({ ...pod, metadata: { ...pod.metadata, annotations } });
  };
  const { object } = decode("10.8.0.0/16, fd08::/64,10.9.0.1/16");
  assert.deepEqual(object?.allowedSources.map(formatRange), ["10.8.0.0/15", "fd08::/64"]);
  for (const sources of ["10.8.0.0", "10.8.0.0/33", "", "10.8.0.0/16,", 7, ["10.8.0.0/16"]]) {
    const { object, issues: [issue] } = decode(sources);
    assert.deepEqual([object?.allowedSources, object?.broken], [[], false]);
    assert.match(issue?.field ?? "", /allowed-sources/);
  }
});

Deno.test("whom a pod forwards for is told in 32 blocks at most: more would be everybody's cost", () => {
  const decode = (count: number): ReturnType<typeof decodePod> => {
    const blocks = Array.from({ length: count }, (_, i) => `10.0.${2 * i}.0/24`);
    const annotations = { "hedgerow.dev/allowed-sources": blocks.join() };
    const pod = makePod("gate/vpn", { ips: ["10.0.0.1"] });
    return decodePod({ ...pod, metadata: { ...pod.metadata, annotations } });
  };
  assert.equal(decode(32).object?.allowedSources.length, 32);
  const { object, issues } = decode(33);
  assert.deepEqual([object?.allowedSources, object?.broken], [[], false]);
  assert.deepEqual(issues, [{
    object: "Pod gate/vpn",
    field: 'metadata.annotations["hedgerow.dev/allowed-sources"]',
    found: '"more than 32 blocks"',
    expected: "at most 32 blocks with commas between them, as 10.8.0.0/16,fd08::/64",
  }]);
});

Deno.test("the mirror of a static pod has the uid that its kubelet gave the pod", () => {
  const pod = makePod("kube-system/static", { uid: "of-the-mirror" });
  const annotations = { "kubernetes.io/config.mirror": "0123abcd" };
  assert.equal(decode({ ...pod, metadata: { ...pod.metadata, annotations } }).uid, "0123abcd");
});

Deno.test("NP-54 a pod that is being deleted is like any other", () => {
  const pod = makePod("shop/web", { ips: ["10.0.0.1"] });
  const metadata = { ...pod.metadata, deletionTimestamp: "2026-01-02T00:00:00Z" };
  assert.deepEqual(decode({ ...pod, metadata }), decode(pod));
});

Deno.test("NP-44 hostNetwork is told", () => {
  assert.ok(decode(makePod("shop/web", { hostNetwork: true })).hostNetwork);
});

const statuses:
  readonly (readonly [sentence: string, status: unknown, addresses: readonly string[]])[] = [
    ["NP-56 no address yet", {}, []],
    ["NP-56 an empty address", { podIP: "", podIPs: [] }, []],
    [
      "NP-60 both families",
      { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.1" }, { ip: "fd00::1" }] },
      ["10.0.0.1", "fd00::1"],
    ],
    ["podIP where there is no podIPs", { podIP: "10.0.0.1" }, ["10.0.0.1"]],
    ["podIPs before podIP", { podIP: "10.0.0.1", podIPs: [{ ip: "10.0.0.2" }] }, ["10.0.0.2"]],
    ["other texts of an address", {
      podIPs: [{ ip: "FD00:0::1" }, { ip: "::ffff:10.0.0.1" }, { ip: "010.0.0.2" }],
    }, ["fd00::1", "10.0.0.1", "10.0.0.2"]],
    ["an address twice", { podIPs: [{ ip: "fd00::1" }, { ip: "fd00:0::1" }] }, ["fd00::1"]],
  ];

for (const [sentence, status, addresses] of statuses) {
  Deno.test(`${sentence}: ${JSON.stringify(status)}`, () => {
    assert.deepEqual(decode(withStatus(status)).addresses, addresses);
  });
}

const web = { name: "web", containerPort: 80 };
const dns = { name: "dns", containerPort: 53, protocol: "UDP" };
const specs: readonly (readonly [sentence: string, spec: unknown, ports: readonly string[]])[] = [
  ["NP-35 of every container", { containers: [{ ports: [web] }, { ports: [dns] }, {}] }, [
    "dns UDP 53",
    "web TCP 80",
  ]],
  ["NP-35 one name with two numbers", {
    containers: [{ ports: [{ ...web, containerPort: 81 }] }, { ports: [web] }],
  }, ["web TCP 80", "web TCP 81"]],
  ["NP-36 one name with two protocols", {
    containers: [{ ports: [{ ...web, protocol: "SCTP" }, { ...web, protocol: "UDP" }, web] }],
  }, ["web TCP 80", "web UDP 80", "web SCTP 80"]],
  ["the same twice", { containers: [{ ports: [web] }, { ports: [{ ...web, protocol: "TCP" }] }] }, [
    "web TCP 80",
  ]],
  ["without a name", {
    containers: [{ ports: [{ containerPort: 80 }, { ...web, name: "" }, { ...web, name: null }] }],
  }, []],
  ["NP-38 restartable init containers", {
    initContainers: [{ restartPolicy: "Always", ports: [web] }],
  }, ["web TCP 80"]],
  ["NP-38 plain init containers", {
    initContainers: [{ ports: [web] }, { restartPolicy: "OnFailure", ports: [dns] }],
  }, []],
  ["lists that are null", { containers: [{ ports: null }], initContainers: null }, []],
];

for (const [sentence, spec, expected] of specs) {
  Deno.test(`${sentence}: the ports ${JSON.stringify(expected)}`, () => {
    const { ports } = decode(withSpec(spec));
    assert.deepEqual(
      ports.map(({ name, protocol, port }) => `${name} ${protocol} ${port}`),
      expected,
    );
  });
}

const odd: readonly (readonly [change: Record<string, unknown>, issue: string])[] = [
  [
    { status: { podIPs: [{ ip: "10.0.0.300" }] } },
    'status.podIPs[0].ip: found "10.0.0.300", expected an IPv4 or IPv6 address',
  ],
  [{ status: { podIP: 5 } }, "status.podIP: found 5, expected an IPv4 or IPv6 address"],
  [{ status: { podIPs: ["10.0.0.1"] } }, 'status.podIPs[0]: found "10.0.0.1", expected an object'],
  [{ status: { podIPs: "10.0.0.1" } }, 'status.podIPs: found "10.0.0.1", expected a list'],
  [{ status: { phase: 1 } }, "status.phase: found 1, expected a string"],
  [{ status: [] }, "status: found [], expected an object"],
  [{ spec: "x" }, 'spec: found "x", expected an object'],
  [{ spec: { nodeName: {} } }, "spec.nodeName: found {}, expected a string"],
  [{ spec: { hostNetwork: "yes" } }, 'spec.hostNetwork: found "yes", expected true or false'],
  [{ spec: { containers: {} } }, "spec.containers: found {}, expected a list"],
  [{ spec: { containers: [null] } }, "spec.containers[0]: found null, expected an object"],
  [
    { spec: { containers: [{ ports: 80 }] } },
    "spec.containers[0].ports: found 80, expected a list",
  ],
  [
    { spec: { containers: [{}, { ports: [80] }] } },
    "spec.containers[1].ports[0]: found 80, expected an object",
  ],
  [
    { spec: { containers: [{ ports: [{ ...web, name: "Web" }] }] } },
    `spec.containers[0].ports[0].name: found "Web", expected a port's name: at most 15 of a-z, 0-9 and -`,
  ],
  [
    { spec: { containers: [{ ports: [{ ...web, containerPort: "80" }] }] } },
    'spec.containers[0].ports[0].containerPort: found "80", expected a number from 1 to 65535',
  ],
  [
    { spec: { containers: [{ ports: [{ ...web, protocol: "tcp" }] }] } },
    'spec.containers[0].ports[0].protocol: found "tcp", expected TCP, UDP or SCTP',
  ],
];

for (const [change, said] of odd) {
  Deno.test(`a pod with ${JSON.stringify(change)} is broken: ${said}`, () => {
    const { object, issues } = decodePod({
      ...makePod("shop/web", { labels: { app: "web" } }),
      ...change,
    });
    assert.deepEqual(issues.map(formatIssue), [`Pod shop/web: ${said}`]);
    assert.ok(object?.broken);
    assert.deepEqual(object.labels, { app: "web" }, "what was understood is kept");
  });
}

const oddMetadata: readonly (readonly [change: Record<string, unknown>, issue: string])[] = [
  [{ labels: { app: 1, tier: "a" } }, "metadata.labels[app]: found 1, expected a string"],
  [{ labels: [] }, "metadata.labels: found [], expected an object"],
  [
    { creationTimestamp: "yesterday" },
    'metadata.creationTimestamp: found "yesterday", expected a time as 2006-01-02T15:04:05Z',
  ],
  [
    { creationTimestamp: 5 },
    "metadata.creationTimestamp: found 5, expected a time as 2006-01-02T15:04:05Z",
  ],
  [{ uid: 5 }, "metadata.uid: found 5, expected a string"],
];

for (const [change, said] of oddMetadata) {
  Deno.test(`a pod with the metadata ${JSON.stringify(change)} is broken: ${said}`, () => {
    const pod = makePod("shop/web", { ips: ["10.0.0.1"] });
    const { object, issues } = decodePod({ ...pod, metadata: { ...pod.metadata, ...change } });
    assert.deepEqual(issues.map(formatIssue), [`Pod shop/web: ${said}`]);
    assert.ok(object?.broken);
    assert.deepEqual(object.addresses, ["10.0.0.1"], "what was understood is kept");
  });
}

Deno.test("a broken pod keeps the addresses that are understood", () => {
  const { object } = decodePod(withStatus({ podIPs: [{ ip: "nowhere" }, { ip: "10.0.0.1" }] }));
  assert.deepEqual(object?.addresses, ["10.0.0.1"]);
});

Deno.test("labels that read alike are one object, and others never are", () => {
  const labelsOf = (labels: Record<string, string>): unknown =>
    decode(makePod("a/b", { labels })).labels;
  assert.equal(labelsOf({ app: "web" }), labelsOf({ app: "web" }));
  assert.notEqual(labelsOf({ a: "1", b: "2" }), labelsOf({ a: "1\nb=2" }));
  assert.notEqual(labelsOf({ a: "1b1 2" }), labelsOf({ a: "1", b: "2" }));
});

Deno.test("labels named like parts of JavaScript objects are labels", () => {
  const metadata = JSON.parse(
    '{"namespace":"a","name":"b","labels":{"__proto__":"x","constructor":"y"}}',
  );
  const { labels } = decode({ metadata });
  assert.deepEqual(Object.entries(labels), [["__proto__", "x"], ["constructor", "y"]]);
  assert.equal(labelOf(labels, "__proto__"), "x");
  assert.equal(labelOf(labels, "toString"), undefined);
});

Deno.test("NP-22 a namespace has its name among its labels, whatever they say", () => {
  const label = "kubernetes.io/metadata.name";
  const { metadata } = makeNamespace("shop", { team: "a" });
  assert.deepEqual(decodeNamespace({ metadata }).object, {
    name: "shop",
    uid: "uid-of-shop",
    labels: { team: "a", [label]: "shop" },
  });
  for (const labels of [undefined, {}, { [label]: "other" }]) {
    const { object, issues } = decodeNamespace({ metadata: { name: "shop", labels } });
    assert.deepEqual(issues, []);
    assert.equal(object?.labels[label], "shop");
  }
});

Deno.test("CNP-12: a node has a name, labels, and every address that is one", () => {
  const addresses = [
    { type: "Hostname", address: "node-1" },
    { type: "InternalIP", address: "192.0.2.9" },
    { type: "ExternalIP", address: "192.0.2.10" },
    { type: "InternalIP", address: "fd00::9" },
  ];
  const node = { ...makeNode("node-1", { labels: { zone: "a" } }), status: { addresses } };
  assert.deepEqual(decodeNode(node), {
    object: {
      name: "node-1",
      uid: "uid-of-node-1",
      labels: { zone: "a" },
      addresses: ["192.0.2.10", "192.0.2.9", "fd00::9"],
    },
    issues: [],
  });
});

Deno.test("pods that read alike share their labels and ports, however many others lie between", () => {
  const ports = [{ name: "http", containerPort: 80 }];
  const first = decodePod(makePod("shop/a", { labels: { app: "web" }, ports })).object;
  for (let i = 0; i < 40_000; i++) decodePod(makePod("shop/b", { labels: { app: `${i}` } }));
  const second = decodePod(makePod("shop/c", { labels: { app: "web" }, ports })).object;
  assert.equal(first?.labels, second?.labels);
  assert.equal(first?.ports, second?.ports);
  assert.equal(first?.ports.length, 1);
});
