import { deepEqual, equal, ok } from "node:assert/strict";
import { decodeObjects } from "../unit/state.ts";
import { type Change, History } from "./change.ts";
import { generateCluster } from "./generate.ts";
import { keyOfObject } from "./kinds.ts";

const size = { pods: 200, namespaces: 7, nodes: 5, policies: 40 };

function changes(count: number): readonly Change[] {
  const history = new History(size);
  return Array.from({ length: count }, () => history.next().value);
}

Deno.test("a cluster's history is the same each time, and another with another seed", () => {
  deepEqual(changes(200), changes(200));
  const other = new History({ ...size, seed: 2 });
  ok(
    changes(20).some((change) =>
      keyOfObject(change.object) !== keyOfObject(other.next().value.object)
    ),
  );
});

Deno.test("what is deleted was there; there are as many pods as ever, each with its own address", () => {
  const pods = new Map<string, string>();
  const podIP = (object: Change["object"]): string =>
    (object.status as { readonly podIP: string }).podIP;
  for (const object of generateCluster(size)) {
    if (object.kind === "Pod") pods.set(keyOfObject(object), podIP(object));
  }
  for (const { kind, object } of changes(5000)) {
    if (object.kind !== "Pod") continue;
    const key = keyOfObject(object);
    if (kind === "delete") ok(pods.delete(key), key);
    else pods.set(key, podIP(object));
    equal(new Set(pods.values()).size, pods.size);
    ok(pods.size === size.pods || pods.size === size.pods - 1);
  }
});

Deno.test("everything that is generated can be decoded, and all kinds change", () => {
  const objects = [...generateCluster(size), ...changes(500).map(({ object }) => object)];
  deepEqual(decodeObjects(objects).issues, []);
  const kinds = new Set(changes(500).map(({ kind, object }) => `${kind} ${object.kind}`));
  deepEqual([...kinds].sort(), [
    ...["delete Pod", "put Namespace", "put NetworkPolicy", "put Node", "put Pod"],
  ]);
});
