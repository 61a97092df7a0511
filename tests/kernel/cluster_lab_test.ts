import assert from "node:assert/strict";
import { ApiSource } from "../lab/api_source.ts";
import { Cluster, type ClusterSpec } from "../lab/cluster.ts";
import { ManifestFolder } from "../lab/manifest_folder.ts";
import { formatCell, isRight, measureMatrix, type Target } from "../lab/matrix.ts";

const sources: Readonly<Record<string, ClusterSpec["source"]>> = {
  "an API server": (lab) => new ApiSource(lab),
  "a folder of manifests": ({ network }) => new ManifestFolder(`${network.folder}/manifests`),
};

const spec: Omit<ClusterSpec, "source"> = {
  nodes: ["n1", "n2"],
  namespaces: { shop: {}, dev: {} },
  pods: [
    { name: "shop/web", node: "n1", labels: { app: "web" }, ports: [{ name: "http", port: 8080 }] },
    { name: "shop/api", node: "n2", labels: { app: "api" }, ports: [{ name: "http", port: 80 }] },
    { name: "dev/shell", node: "n2" },
  ],
  ports: [{ protocol: "TCP", port: 8080 }, { protocol: "TCP", port: 80 }],
};

const targets: readonly Target[] = [
  { host: "shop/web", protocol: "TCP", port: 8080 },
  { host: "shop/web", protocol: "TCP", port: 80 },
  { host: "shop/api", protocol: "TCP", port: 80 },
  { host: "shop/api", protocol: "ICMP", port: 0 },
];

const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: http-for-friends, namespace: shop }
spec:
  podSelector: {}
  ingress:
    - from: [{ namespaceSelector: {}, podSelector: { matchLabels: { friend: "yes" } } }]
      ports: [{ port: http }]
`;

for (const [name, source] of Object.entries(sources)) {
  Deno.test(`packets do what the oracle says while a cluster changes, told by ${name}`, async () => {
    await using cluster = await Cluster.create({ ...spec, source });
    await cluster.startAgents();
    assert.equal(await openCells(cluster), 48 - 8, "nobody is isolated");
    cluster.apply(policy);
    const nodesOwn = 2 * 2 + 2 * 2;
    assert.equal(await openCells(cluster), nodesOwn, "only each node reaches its own pods");
    cluster.label("Pod dev/shell", { friend: "yes" });
    assert.equal(await openCells(cluster), nodesOwn + 2 * 2, "a friend by label");
    await cluster.addPod({ name: "dev/other", node: "n1", labels: { friend: "yes" } });
    assert.equal(await openCells(cluster), nodesOwn + 4 * 2, "another friend");
    await cluster.removePod("dev/other");
    assert.equal(await openCells(cluster), nodesOwn + 2 * 2, "it is gone");
    await cluster.agent("n2").stop("SIGKILL");
    cluster.remove("NetworkPolicy shop/http-for-friends");
    cluster.agent("n2").start();
    await cluster.agent("n2").ready();
    assert.equal(await openCells(cluster), 48 - 8, "what was missed is made up for");
    assert.equal(await cluster.agent("n1").metric("hedgerow_ready"), 1);
  });
}

Deno.test("an agent that ends instead of getting ready is told with its last lines", async () => {
  await using cluster = await Cluster.create({ ...spec, source: (lab) => new ApiSource(lab) });
  await assert.rejects(cluster.startAgents(["--self-heal", "never"]), /it ended.*--self-heal/s);
});

/** Measures the matrix once the kernels agree, sees that all of it is right, counts what is open. */
async function openCells(cluster: Cluster): Promise<number> {
  await cluster.settled();
  const cells = await measureMatrix(cluster, targets);
  assert.deepEqual(cells.filter((cell) => !isRight(cell)).map(formatCell), []);
  return cells.filter(({ outcome }) => outcome === "open").length;
}
