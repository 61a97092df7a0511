// This module is pure.
import { families } from "../model/address.ts";
import type { ListedChain, Listing } from "../model/listing.ts";
import type { Guard } from "../model/node_policy.ts";
import type { TableName } from "../model/table_name.ts";
import { allowedSet, interfaceSet, sourceSet } from "./guard_sets.ts";
import { nftFamily } from "./addresses.ts";
import { listSet } from "./listing.ts";
import { suffixOf } from "./names.ts";
import { listenerDiscovery, neighbourDiscovery, toRouter } from "./rules.ts";

/** In other families what comes by the port of a bridge seems to come by the bridge. */
export const portsTableName: TableName = "bridge hedgerow";

/**
 * The table that sees to it what pods send by ports of bridges; undefined where there are none:
 *
 * 1. `prerouting`, before anything else sees a frame: no tags, which would hide it from all rules for
 *    IP; no word of a router; and nothing, ARP's claims included, that does not come from the pod;
 * 2. `forward` and `input`: link-local traffic of isolated pods, which no policy can name as theirs,
 *    passes neither between ports nor to the node, but for what neighbours must say to each other;
 *    nor does what is for everybody get to them, where it is known what is theirs.
 */
export function portsTable(guards: readonly Guard[]): Listing | undefined {
  const ports = guards.filter(({ bridge }) => bridge !== "");
  if (ports.length === 0) return undefined;
  const sets = [
    interfaceSet("ports", ports),
    interfaceSet("guarded", ports.filter(({ sources }) => sources !== undefined)),
    ...(["egress", "ingress"] as const).map((direction) =>
      interfaceSet(
        `isolated-${direction}`,
        ports.filter((port) => port.isOutlived || port[direction] !== undefined),
      )
    ),
    ...families.map((family) => sourceSet(ports, family)),
    ...families.map((family) => allowedSet(ports, family)),
  ];
  return { sets: new Map(sets.map(listSet)), chains };
}

const discovering = (types: readonly string[]): string =>
  `ip6 hoplimit 255 icmpv6 type { ${types.join(", ")} }`;
const listening = `ip6 hoplimit 1 icmpv6 type { ${listenerDiscovery.join(", ")} }`;

const chains: Listing["chains"] = new Map([
  ...["spoofed", "tagged", "rogue-router", "link-local", "to-everybody"].map((name) =>
    [name, chain(["counter drop"])] as const
  ),
  ["sources", chain(sourcesRules(), "what leaves a pod must come from it")],
  [
    "port",
    chain([
      "ether type { 8021q, 8021ad } goto tagged", // both, as kernels differ in what a tag is part of
      "vlan id 0-4095 goto tagged",
      "icmpv6 type { nd-router-advert, nd-redirect } goto rogue-router",
      "iifname @guarded goto sources",
    ]),
  ],
  ["to-isolated", chain(toIsolatedRules(), "what an isolated pod gets must be for it")],
  ["prerouting", base("prerouting", -350, ["iifname @ports goto port"])],
  [
    "forward",
    base("forward", -350, [
      `${discovering(neighbourDiscovery)} accept`,
      `${listening} accept`,
      "ip saddr 0.0.0.0 iifname @isolated-egress oifname @ports goto spoofed", // pods serve no DHCP
      "ip6 saddr fe80::/10 iifname @isolated-egress goto link-local",
      "ip6 saddr fe80::/10 oifname @isolated-ingress goto link-local",
      "ip6 daddr fe80::/10 oifname @isolated-ingress goto link-local",
      "oifname @isolated-ingress oifname @guarded goto to-isolated",
    ]),
  ],
  [
    "input",
    base("input", -350, [
      `${discovering(toRouter)} accept`,
      `${listening} accept`,
      "ip6 saddr fe80::/10 iifname @isolated-egress goto link-local",
    ]),
  ],
]);

/** As for routed pods, and the senders of ARP. */
function sourcesRules(): readonly string[] {
  const from = (set: "sources" | "allowed"): readonly string[] => [
    ...families.map((family) =>
      `${nftFamily(family)} saddr . iifname @${set}${suffixOf(family)} accept`
    ),
    `arp saddr ip . iifname @${set}4 accept`,
  ];
  return [
    ...from("sources"),
    "ip6 saddr fe80::/10 accept",
    `ip6 saddr :: ${discovering(toRouter)} accept`,
    `ip6 saddr :: ${listening} accept`,
    "ip saddr 0.0.0.0 udp dport 67 accept",
    "arp saddr ip 0.0.0.0 accept", // whether an address is free
    ...from("allowed"),
    "ether type { ip, arp, ip6 } goto spoofed",
  ];
}

/**
 * Broadcasts and multicast are nobody's by their address, so that no policy of who gets them is
 * asked; sent to one hardware address they are a way to one pod, and its answers a way back.
 */
function toIsolatedRules(): readonly string[] {
  const to = (set: "sources" | "allowed"): readonly string[] =>
    families.map((family) =>
      `${nftFamily(family)} daddr . oifname @${set}${suffixOf(family)} accept`
    );
  return [
    ...to("sources"),
    "udp sport 67 udp dport 68 accept", // what DHCP says to who has no address yet
    ...to("allowed"),
    "ether type { ip, ip6 } goto to-everybody",
  ];
}

function chain(rules: readonly string[], comment?: string): ListedChain {
  return { declaration: comment === undefined ? [] : [`comment "${comment}"`], rules };
}

function base(hook: string, priority: number, rules: readonly string[]): ListedChain {
  const declaration = [`type filter hook ${hook} priority ${priority}; policy accept;`];
  return { declaration, rules };
}
