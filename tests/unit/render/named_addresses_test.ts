import { deepEqual, equal, match } from "node:assert/strict";
import type { ClusterStore } from "../../../lib/cluster/store.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import type { Listing } from "../../../lib/model/listing.ts";
import { difference } from "../../../lib/render/difference.ts";
import { listRuleset } from "../../../lib/render/listing.ts";
import { renderRuleset } from "../../../lib/render/render.ts";
import { Renderer } from "../../../lib/render/renderer.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { Translator } from "../../../lib/translate/translator.ts";
import { makeStore, podRecord } from "../records.ts";
import { decodeObjects, parseManifests } from "../state.ts";

const policy = `
apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata: { name: partners }
spec:
  tier: Admin
  priority: 5
  subject: { pods: { podSelector: {} } }
  egress:
    - action: Accept
      to: [{ domainNames: ["*.example.com"] }]
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
`;

/** A pod that may go to whatever is in example.com, and the clock. */
function makeShop(): ReturnType<typeof makeStore> {
  const made = makeStore();
  const { sinks } = made.store;
  const { namespaces, clusterNetworkPolicies } = decodeObjects(parseManifests(policy));
  for (const kind of Object.values(sinks)) kind.replace([], 0);
  sinks.namespaces.replace(namespaces, 0);
  sinks.clusterNetworkPolicies.replace(clusterNetworkPolicies, 0);
  sinks.pods.replace([podRecord("web", { addresses: ["10.0.0.1" as IpAddress] })], 0);
  made.store.wantNames([{ name: "example.com", wildcard: true }]);
  return made;
}

/** What is to be in the kernel, by the plain road and by the incremental one, which must agree. */
class Roads {
  readonly #store: ClusterStore;
  readonly #translator = new Translator("here");
  readonly #renderer = new Renderer();

  constructor(store: ClusterStore) {
    this.#store = store;
  }

  listing(): Listing {
    const policy = this.#translator.translate(this.#store, this.#store.touches.take());
    const listing = this.#renderer.render(policy);
    const plain = listRuleset(renderRuleset(translate(this.#store, "here")));
    equal(script(listing), script(plain));
    return listing;
  }
}

function script(listing: Listing): string {
  return difference(undefined, listing).flat().join("\n");
}

function tell(store: ClusterStore, name: string, addresses: readonly string[]): void {
  store.learn({ name, addresses: addresses as IpAddress[], seconds: 60 }, () => {});
}

Deno.test("CNP-14 a name that gives way to another takes nothing out of the kernel", () => {
  const { store, clock } = makeShop();
  const roads = new Roads(store);
  for (let n = 0; n < 50_000; n++) tell(store, `n${n}.example.com`, [`192.0.2.${n % 250}`]);
  clock.now = 60_000;
  store.expire();
  const before = roads.listing();
  tell(store, "new.example.com", ["198.51.100.1"]);
  equal(store.names.has("n0.example.com"), false, "it gave way");
  const statements = difference(before, roads.listing()).flat();
  equal(statements.length, 1);
  match(
    statements[0]!,
    /^add set inet hedgerow names4-.* elements = \{ 198\.51\.100\.1 timeout 1m /,
  );
});

/** Tells of names in order, each of a thousand addresses that begin so. */
function tellMany(store: ClusterStore, start: string, count: number): void {
  for (let n = 0; n < count; n++) {
    const addresses = Array.from({ length: 1000 }, (_, i) => `${start}.${n}.${i >> 2}.${i & 3}`);
    tell(store, `${start}-${n}.example.com`, addresses);
  }
}

Deno.test("CNP-14 a set of former addresses begins with no more than half of what it can hold: those that are current, and of the others the latest", () => {
  const { store, clock } = makeShop();
  tellMany(store, "10", 30);
  clock.now = 30_000;
  tellMany(store, "11", 20);
  clock.now = 100_000;
  store.expire();
  tellMany(store, "9", 5);
  const { sets } = new Roads(store).listing();
  const [, former] = [...sets].find(([name]) => name.startsWith("former4"))!;
  const begins = (start: string): number =>
    [...former.elements.keys()].filter((key) => key.startsWith(start)).length;
  deepEqual([begins("9."), begins("11."), begins("10.")], [5000, 20_000, 7767]);
  deepEqual(former.declaration[1], "size 65535");
});
