import fc from "fast-check";
import type { ListedChain, ListedSet, Listing } from "../../../lib/model/listing.ts";

/** What a small table in hedgerow's form is made of. */
export interface Shape {
  /** Group name -> the names of the sets of pods and of blocks that its rules name. */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Address of a local pod -> the group that judges what it sends. */
  readonly pods: ReadonlyMap<string, string>;
  /** Set name -> its elements; names that begin with blocks are interval sets. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
  /** A word in the comments of what is declared, which cannot be changed in place. */
  readonly words?: string;
}

/** A table of hedgerow's form. What a group or a pod names and is not there, it does not get. */
export function listingOf({ groups, pods, sets, words = "" }: Shape): Listing {
  const listedSets = new Map<string, ListedSet>();
  const listedChains = new Map<string, ListedChain>([["deny-egress", plain(["counter drop"])]]);
  for (const [name, elements] of sets) listedSets.set(name, setOf(name, elements, words));
  for (const [name, named] of groups) {
    const rules = named.filter((set) => sets.has(set)).map((set) => {
      const key = hasBlocks(set) ? "ct reply ip saddr . meta nfproto" : "ct reply ip saddr";
      const match = `meta l4proto tcp ct reply proto-src 80 ${key} @${set}`;
      return `${match} return comment "shop/${set}: {a}, b;"`;
    });
    listedChains.set(`egress-${name}`, plain([...rules, "goto deny-egress"], `group ${name}`));
  }
  const jumps = [...pods].filter(([, group]) => groups.has(group));
  listedSets.set("egress4", {
    kind: "map",
    declaration: ["typeof ip saddr : verdict", `comment "local pods${words}"`],
    elements: new Map(jumps.map(([pod, group]) => [
      pod,
      `${pod} comment "shop/pod-${pod}" : jump egress-${group}`,
    ])),
  });
  listedChains.set("forward", {
    declaration: [
      ...(words === "" ? [] : [`comment "${words}"`]),
      "type filter hook forward priority filter - 5; policy accept;",
    ],
    rules: ["ct state invalid,untracked accept", "ct original ip saddr vmap @egress4"],
  });
  listedChains.set("input", {
    declaration: ["type filter hook input priority 110; policy accept;"],
    rules: ['iifname "lo" accept', "ct original ip saddr vmap @egress4"],
  });
  return { sets: listedSets, chains: listedChains };
}

function plain(rules: readonly string[], comment?: string): ListedChain {
  return { declaration: comment === undefined ? [] : [`comment "${comment}"`], rules };
}

function setOf(name: string, elements: readonly string[], words: string): ListedSet {
  return {
    kind: "set",
    declaration: [
      ...(hasBlocks(name)
        ? ["typeof ip saddr . meta nfproto", "flags interval"]
        : ["typeof ip saddr"]),
      `comment "peers of ${name}${words}"`,
    ],
    elements: new Map(elements.map((element) => [element, element])),
  };
}

function hasBlocks(set: string): boolean {
  return set.startsWith("blocks");
}

const groupNames = ["a", "b", "c", "d"];
const podSetNames = ["pods4-a", "pods4-b", "pods4-c"];
const blocks = ["1.0.0.0/8", "9.9.0.0/16", "20.0.0.1-20.0.0.7", "30.0.0.0/24", "200.1.2.3"]
  .map((block) => `${block} . ipv4`);
const address = fc.integer({ min: 1, max: 40 }).map((i) => `10.0.${i % 3}.${i}`);

/** Tables that have much in common, so that a history of them changes everything in every way. */
export const listings: fc.Arbitrary<Listing> = fc.record({
  groups: fc.uniqueArray(
    fc.tuple(
      fc.constantFrom(...groupNames),
      fc.subarray([...podSetNames, "blocks4-a", "blocks4-b"]),
    ),
    { selector: ([name]) => name, maxLength: 4 },
  ).map((entries) => new Map(entries)),
  pods: fc.uniqueArray(fc.tuple(address, fc.constantFrom(...groupNames)), {
    selector: ([pod]) => pod,
    maxLength: 6,
  }).map((entries) => new Map(entries)),
  sets: fc.record({
    "pods4-a": fc.uniqueArray(address),
    "pods4-b": fc.uniqueArray(address),
    "pods4-c": fc.uniqueArray(address),
    "blocks4-a": fc.subarray(blocks),
    "blocks4-b": fc.subarray(blocks),
  }, { requiredKeys: [] }).map((sets) => new Map(Object.entries(sets))),
  words: fc.constantFrom("", "", "", "", "", " of old"),
}).map(listingOf);

/** A table with `count` peers in one set and one local pod, a step of many small changes. */
export function step(count: number): Listing {
  const peers = Array.from({ length: 20 }, (_, i) => `10.1.0.${((count + i) % 40) + 1}`);
  const pod = `10.0.0.${(count % 9) + 1}`;
  return listingOf({
    groups: new Map([["a", ["pods4-a"]], [`n${count % 5}`, ["pods4-a", "pods4-b"]]]),
    pods: new Map([["10.0.0.100", "a"], [pod, `n${count % 5}`]]),
    sets: new Map([["pods4-a", peers], ["pods4-b", peers.slice(0, count % 7)]]),
  });
}
