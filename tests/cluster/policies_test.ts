import { parse } from "yaml";
import { until } from "../lab/clock.ts";
import { podObject } from "../lab/objects.ts";
import { Cluster } from "./cluster.ts";
import { createPod, podPath, policiesPath } from "./objects.ts";
import { settle } from "./outcomes.ts";
import { dbToWebOnly, webAlone, webForClients } from "./policies.ts";

Deno.test("policies that kubectl and the API write are enforced on every node, changes and ends too", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane: { kubectl, admin } } = cluster;
  await using _near = await cluster.startAgent("n1");
  await using _far = await cluster.startAgent("n2");
  const all = ["shop/api -> shop/web", "shop/db -> shop/web", "blog/front -> shop/web"] as const;
  await settle(lab, { [all[0]]: "open", [all[1]]: "open", [all[2]]: "open" });

  await kubectl.run(["apply", "-f", "-"], webAlone);
  await admin.create(policiesPath("shop"), parse(dbToWebOnly));
  await settle(lab, {
    [all[0]]: "timeout",
    [all[1]]: "timeout",
    [all[2]]: "timeout",
    "n1 -> shop/web": "open", // NP-46: its own node
    "n2 -> shop/web": "timeout",
    "shop/db -> shop/api": "timeout",
    "shop/api -> shop/db": "open", // replies are allowed (NP-42)
  });

  const open = webAlone +
    "  ingress: [{ from: [{ podSelector: { matchLabels: { app: db } } }] }]\n";
  await kubectl.run(["apply", "-f", "-"], open);
  await settle(lab, { [all[0]]: "timeout", [all[1]]: "open", [all[2]]: "timeout" });

  await kubectl.run(["delete", "networkpolicy", "--namespace=shop", "web-alone"]);
  await admin.delete(`${policiesPath("shop")}/db-to-web-only`);
  await settle(lab, {
    [all[0]]: "open",
    [all[1]]: "open",
    [all[2]]: "open",
    "shop/db -> shop/api": "open",
  });
});

Deno.test("labels of pods and namespaces count, whether kubectl or the API writes them", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane: { kubectl, admin } } = cluster;
  await kubectl.run(["apply", "-f", "-"], webForClients);
  await using _agent = await cluster.startAgent("n1");
  await settle(lab, { "shop/api -> shop/web": "timeout", "blog/front -> shop/web": "timeout" });

  await kubectl.run(["label", "--namespace=shop", "pod", "api", "role=client"]);
  await admin.patch("/api/v1/namespaces/blog", { metadata: { labels: { team: "a" } } });
  await settle(lab, { "shop/api -> shop/web": "open", "blog/front -> shop/web": "open" });

  await admin.patch(podPath("shop/api"), { metadata: { labels: { role: null } } });
  await kubectl.run(["label", "namespace", "blog", "team-"]);
  await settle(lab, { "shop/api -> shop/web": "timeout", "blog/front -> shop/web": "timeout" });

  await kubectl.run(["label", "--namespace=shop", "pod", "web", "--overwrite", "app=shelf"]);
  await settle(lab, { "shop/api -> shop/web": "open", "blog/front -> shop/web": "open" });
});

Deno.test("a pod counts from the addresses in its status on, until it has ended", async () => {
  await using cluster = await Cluster.create();
  const { lab, plane: { kubectl, admin } } = cluster;
  await kubectl.run(["apply", "-f", "-"], webForClients);
  await using agent = await cluster.startAgent("n1");
  const spec = { name: "shop/late", node: "n2", labels: { role: "client" } };
  const { addresses } = await lab.addPod(spec.name, spec);
  await createPod(admin, { ...spec, phase: "Pending" }, []);
  await until(
    "the agent knows the pod",
    async () => await agent.metric("hedgerow_objects", `kind="pods"`) === 5,
  );
  await settle(lab, { "shop/late -> shop/web": "timeout" });

  // As a kubelet writes it: what is there, with another status.
  const pod = await admin.get(podPath(spec.name));
  const running = { ...pod, status: podObject(spec, addresses).status };
  const statusPath = `${podPath(spec.name)}/status`;
  await kubectl.run(["replace", "--raw", statusPath, "-f", "-"], JSON.stringify(running));
  await settle(lab, { "shop/late -> shop/web": "open" });

  await admin.patch(`${podPath(spec.name)}/status`, { status: { phase: "Succeeded" } });
  await settle(lab, { "shop/late -> shop/web": "timeout" });
});
