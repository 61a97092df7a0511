import { deepEqual, equal } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { PodClasses } from "../../../lib/translate/incremental/pod_classes.ts";
import { podRecord } from "../records.ts";

const [a, b, c] = ["10.0.0.1", "10.0.0.2", "10.0.0.3"] as IpAddress[] as [
  IpAddress,
  IpAddress,
  IpAddress,
];

Deno.test("pods are one class where selectors cannot tell them apart, and nothing is kept of those gone", () => {
  const told: string[] = [];
  const classes = new PodClasses({
    profileBegan: ({ labels }) => told.push(JSON.stringify(labels)),
    homeBegan: ({ name }) => told.push(`${name} began`),
    homeEnded: ({ name }) => told.push(`${name} ended`),
  });
  const web = podRecord("web", { labels: { app: "web", hash: "1" } });
  const twin = podRecord("twin", { labels: { app: "web", hash: "2" } });
  const db = podRecord("db", { labels: { app: "db" } });
  classes.divide(["app"], new Map([[a, web], [b, twin], [c, db]]));
  equal(classes.of(web), classes.of(twin));
  deepEqual([...classes.of(web)?.addresses ?? []], [a, b]);
  deepEqual(told, ["shop began", '{"app":"web"}', '{"app":"db"}']);
  for (const [address, pod] of [[a, web], [b, twin], [c, db]] as const) {
    const podClass = classes.of(pod);
    if (podClass !== undefined) classes.remove(address, podClass);
  }
  deepEqual([[...classes.profiles], classes.homes.size, told.at(-1)], [[], 0, "shop ended"]);
});
