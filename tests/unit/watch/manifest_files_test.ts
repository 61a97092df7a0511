import assert from "node:assert/strict";
import { stringify } from "yaml";
import { formatIssue } from "../../../lib/model/issue.ts";
import { keyOf } from "../../../lib/model/object_key.ts";
import { readManifests } from "../../../lib/watch/manifest_reader.ts";
import {
  makeAdminPolicy,
  makeClusterPolicy,
  makeNamespace,
  makeNode,
  makePod,
  makePolicy,
} from "../objects.ts";
import { inDirectory, synced, textOf, withSource, write } from "./manifest_bench.ts";

Deno.test("every YAML and JSON file below the directory is read, and every document of it", async () => {
  await withSource(async (bench) => {
    await Deno.mkdir(`${bench.directory}/deep/er`, { recursive: true });
    await bench.write("cluster.yaml", makeNamespace("shop"), "# nothing\n", makeNode("node-1"));
    await bench.write("deep/pods.yml", makePod("shop/web"), makePod("shop/db"));
    await bench.write(
      "deep/er/list.json",
      JSON.stringify({ kind: "List", items: [makePolicy("shop/a"), makePolicy("shop/b")] }),
    );
    await bench.write(
      "deep/flow.yaml",
      "{apiVersion: v1, kind: Namespace, metadata: {name: flow}}\n",
    );
    await bench.write(
      "tiers.yaml",
      makeClusterPolicy("first"),
      makeAdminPolicy("AdminNetworkPolicy", "old"),
      makeAdminPolicy("BaselineAdminNetworkPolicy", "default"),
    );
    await bench.write("notes.txt", "not: read: at all");
    await bench.write(".hidden.yaml", "not: read: at all");
    await bench.write("empty.yaml", "");
  }, async (bench) => {
    await synced(bench);
    const { sinks, source } = bench;
    assert.deepEqual(sinks.namespaces.keys, ["flow", "shop"]);
    assert.deepEqual(sinks.nodes.keys, ["node-1"]);
    assert.deepEqual(sinks.pods.keys, ["shop/db", "shop/web"]);
    assert.deepEqual(sinks.policies.keys, ["shop/a", "shop/b"]);
    const { errors, issues, files, objects, pictures } = source.status;
    assert.deepEqual(sinks.clusterNetworkPolicies.keys, ["first"]);
    assert.deepEqual(sinks.adminNetworkPolicies.keys, ["old"]);
    assert.deepEqual(sinks.baselineAdminNetworkPolicies.keys, ["default"]);
    assert.deepEqual([errors, issues, files, pictures], [[], [], 6, 1]);
    assert.deepEqual(Object.fromEntries(objects), {
      ...{ pods: 2, namespaces: 2, nodes: 1, policies: 2 },
      ...{ clusterNetworkPolicies: 1, adminNetworkPolicies: 1, baselineAdminNetworkPolicies: 1 },
    });
  });
});

Deno.test("the entries of a list of one kind need no kind of their own", async () => {
  await inDirectory(async (directory) => {
    const items = [makePod("a/b"), makePod("a/c")].map(({ metadata, spec }) => ({
      metadata,
      spec,
    }));
    await write(`${directory}/x.yaml`, stringify({ apiVersion: "v1", kind: "PodList", items }));
    const { pods, issues } = await readManifests(directory);
    assert.deepEqual([pods.map(keyOf), issues], [["a/b", "a/c"], []]);
  });
});

Deno.test("objects without a namespace are in `default`", async () => {
  await inDirectory(async (directory) => {
    const text = textOf([
      { apiVersion: "v1", kind: "Pod", metadata: { name: "web" } },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name: "p", namespace: "" },
      },
    ]);
    await write(`${directory}/x.yaml`, text);
    const { pods, policies, issues } = await readManifests(directory);
    assert.deepEqual([...pods, ...policies].map(keyOf), ["default/web", "default/p"]);
    assert.deepEqual(issues, []);
  });
});

Deno.test("NP-22 a namespace that is only mentioned exists, with its name among its labels", async () => {
  await inDirectory(async (directory) => {
    await write(
      `${directory}/x.yaml`,
      textOf([makePod("shop/web"), makePolicy("back/deny"), makeNamespace("back", { team: "b" })]),
    );
    const { namespaces } = await readManifests(directory);
    assert.deepEqual(namespaces.map(({ name, labels }) => [name, Object.entries(labels)]), [
      ["back", [["team", "b"], ["kubernetes.io/metadata.name", "back"]]],
      ["shop", [["kubernetes.io/metadata.name", "shop"]]],
    ]);
  });
});

Deno.test("kinds that hedgerow does not read are passed over, and a policy of another version is told", async () => {
  await inDirectory(async (directory) => {
    const text = textOf([
      { apiVersion: "v1", kind: "Service", metadata: { name: "web" } },
      { apiVersion: "crd.projectcalico.org/v1", kind: "NetworkPolicy", metadata: { name: "web" } },
      { apiVersion: "extensions/v1beta1", kind: "NetworkPolicy", metadata: { name: "old" } },
      { apiVersion: "policy.networking.k8s.io/v1", kind: "ClusterNetworkPolicy" },
      { apiVersion: "crd.antrea.io/v1beta1", kind: "ClusterNetworkPolicy" },
      { kind: "Pod" },
      { some: "values" },
      "- 1\n",
    ]);
    await write(`${directory}/x.yaml`, text);
    const { issues, policies } = await readManifests(directory);
    assert.deepEqual(policies, []);
    assert.deepEqual(issues.map((issue) => `${issue.line} ${formatIssue(issue)}`), [
      '11 NetworkPolicy: apiVersion: found "extensions/v1beta1", expected networking.k8s.io/v1',
      '16 ClusterNetworkPolicy: apiVersion: found "policy.networking.k8s.io/v1", ' +
      "expected policy.networking.k8s.io/v1alpha2",
      "22 Pod: apiVersion: found nothing, expected v1",
      "24 document: kind: found nothing, expected a kind of the API",
      "26 document: found [1], expected an object",
    ]);
  });
});

Deno.test("files are read as kubectl reads them: YAML 1.1 without times and base-60 numbers", async () => {
  await inDirectory(async (directory) => {
    await write(
      `${directory}/x.yaml`,
      [
        "apiVersion: v1",
        "kind: Pod",
        "metadata:",
        "  name: web",
        "  creationTimestamp: 2026-01-01T00:00:00Z",
        "  labels: &labels {version: 1:20, quoted: 'yes'}",
        "spec:",
        "  hostNetwork: yes",
        "---",
        "apiVersion: v1",
        "kind: Pod",
        "metadata: {name: api, labels: {on: off}}",
      ].join("\n"),
    );
    const { pods, issues } = await readManifests(directory);
    const [web] = pods;
    assert.deepEqual(Object.entries(web!.labels), [["version", "1:20"], ["quoted", "yes"]]);
    assert.deepEqual([web?.hostNetwork, web?.createdAt], [true, Date.UTC(2026, 0, 1)]);
    assert.deepEqual(issues.map(formatIssue), [
      "Pod default/api: metadata.labels[true]: found false, expected a string",
    ]);
  });
});

Deno.test("an issue of an object names the file and the line where it begins, in lists too", async () => {
  await withSource(async (bench) => {
    const bad = makePolicy("shop/bad", { ingress: [{ ports: [{ port: 0 }] }] });
    await bench.write(
      "list.yaml",
      stringify({ apiVersion: "v1", kind: "List", items: [makePolicy("shop/good"), bad] }),
    );
  }, async (bench) => {
    await synced(bench);
    const { issues } = bench.source.status;
    assert.deepEqual(issues.map(({ file, line, object }) => [file, line, object]), [
      [`${bench.directory}/list.yaml`, 12, "NetworkPolicy shop/bad"],
    ]);
    assert.deepEqual(bench.sinks.policies.told?.map(({ broken }) => broken), [false, true]);
  });
});

Deno.test("of two documents for one object the last counts, by file and line, and both are told", async () => {
  await inDirectory(async (directory) => {
    const [first, second, third] = ["a", "b", "c"].map((app) =>
      makePolicy("shop/web", { podSelector: { matchLabels: { app } } })
    );
    await write(`${directory}/b.yaml`, textOf([third!]));
    await write(`${directory}/a.yaml`, textOf([first!, second!]));
    const { policies, issues } = await readManifests(directory);
    assert.deepEqual(policies.map(({ podSelector }) => podSelector[0]?.values), [["c"]]);
    assert.deepEqual(issues.map((issue) => [issue.file, issue.line, formatIssue(issue)]), [
      [
        `${directory}/a.yaml`,
        12,
        `NetworkPolicy shop/web: found a second document for it (the first: ${directory}/a.yaml:1); this one counts, expected one document for each object`,
      ],
      [
        `${directory}/b.yaml`,
        1,
        `NetworkPolicy shop/web: found a second document for it (the first: ${directory}/a.yaml:12); this one counts, expected one document for each object`,
      ],
    ]);
  });
});
