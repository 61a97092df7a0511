import { familyOf, type IpAddress } from "../../lib/model/address.ts";
import type { Hook } from "../../lib/model/ruleset.ts";
import type { Connection, Packet } from "./packet.ts";

/** One end of a connection. */
export interface End {
  readonly address: IpAddress;
  /** The node that it is at, or whose own stack it is; undefined: outside the cluster. */
  readonly node: string | undefined;
  /** True for the node's own stack, false for a pod behind it. */
  readonly isHost: boolean;
}

/** A connection: who opens it, and where it arrives after any translation. */
export interface Journey {
  readonly client: End;
  readonly server: End;
  /** `tcp`, `udp`, `sctp`, `icmp` (of either family), or any other protocol's name. */
  readonly protocol: string;
  /** Undefined where the protocol has no ports. */
  readonly port: number | undefined;
}

/** A packet as it passes one hook of one node. */
export interface Passing {
  readonly node: string;
  readonly packet: Packet;
}

/** The packet that opens a connection, at every hook that it passes. */
export function opening(journey: Journey): readonly Passing[] {
  return passings(journey, { state: "new", direction: "original" });
}

/** A later packet of the client, at every hook that it passes. */
export function going(journey: Journey): readonly Passing[] {
  return passings(journey, { state: "established", direction: "original" });
}

/** A packet of the server, at every hook that it passes. */
export function returning(journey: Journey): readonly Passing[] {
  return passings(journey, { state: "established", direction: "reply" });
}

function passings(
  journey: Journey,
  tracked: Pick<Connection, "state" | "direction">,
): readonly Passing[] {
  const { client, server, port } = journey;
  const isReply = tracked.direction === "reply";
  const [from, to] = isReply ? [server, client] : [client, server];
  const isIpv6 = familyOf(client.address) === "IPv6";
  const isIcmp = journey.protocol === "icmp";
  return hooksBetween(from, to).map(({ node, hook, iifname, oifname }) => ({
    node,
    packet: {
      hook,
      iifname,
      oifname,
      saddr: from.address,
      daddr: to.address,
      protocol: isIcmp && isIpv6 ? "ipv6-icmp" : journey.protocol,
      // What the client sends from is not told: no rule may ask for it.
      dport: isReply ? undefined : port,
      icmpv6Type: isIcmp && isIpv6 ? (isReply ? 129 : 128) : undefined,
      hopLimit: 63,
      tracking: {
        ...tracked,
        client: client.address,
        server: server.address,
        serverPort: port,
      },
    },
  }));
}

interface HookOfNode {
  readonly node: string;
  readonly hook: Hook["hook"];
  readonly iifname: string;
  readonly oifname: string;
}

/** What the host's end of a pod's interface is called where nothing else is known. */
export const anyPodLink = "veth0";

/** The hooks that a packet passes on its way, none twice. */
export function hooksBetween(from: End, to: End): readonly HookOfNode[] {
  const hooks: HookOfNode[] = [];
  const isWithinNode = from.node === to.node && from.node !== undefined;
  const toPod = isWithinNode && !to.isHost ? anyPodLink : "eth0";
  if (from.node !== undefined) {
    const { node } = from;
    if (from.isHost) hooks.push({ node, hook: "output", iifname: "", oifname: toPod });
    else {
      hooks.push({ node, hook: "prerouting", iifname: anyPodLink, oifname: "" });
      if (!(isWithinNode && to.isHost)) {
        hooks.push({ node, hook: "forward", iifname: anyPodLink, oifname: toPod });
      }
    }
  }
  if (to.node === undefined) return hooks;
  const { node } = to;
  if (!isWithinNode) hooks.push({ node, hook: "prerouting", iifname: "eth0", oifname: "" });
  if (to.isHost) {
    const iifname = !isWithinNode ? "eth0" : from.isHost ? "lo" : anyPodLink;
    hooks.push({ node, hook: "input", iifname, oifname: "" });
  } else if (!isWithinNode) {
    hooks.push({ node, hook: "forward", iifname: "eth0", oifname: anyPodLink });
  }
  return hooks;
}
