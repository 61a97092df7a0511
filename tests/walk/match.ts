import { familyOf } from "../../lib/model/address.ts";
import type {
  AddressKey,
  InterfaceKey,
  LookupKey,
  Match,
  PortValue,
  Verdict,
} from "../../lib/model/nft_rule.ts";
import { connectionOf, type Packet } from "./packet.ts";
import { type Component, type LoadedSet, loadIntervalSet, loadPorts } from "./set.ts";

/** Tells whether a packet meets one condition of a rule. */
export type Predicate = (packet: Packet) => boolean;

/** What a match is loaded with. */
export interface MatchContext {
  readonly sets: ReadonlyMap<string, LoadedSet>;
  /** The match to its left. */
  readonly previous: Match | undefined;
}

const icmpv6Types: ReadonlyMap<string, number> = new Map([
  ["mld-listener-query", 130],
  ["mld-listener-report", 131],
  ["mld-listener-done", 132],
  ["nd-router-solicit", 133],
  ["nd-router-advert", 134],
  ["nd-neighbor-solicit", 135],
  ["nd-neighbor-advert", 136],
  ["nd-redirect", 137],
  ["mld2-listener-report", 143],
]);

const withPorts: readonly string[] = ["tcp", "udp", "sctp"];
const l4protos: readonly string[] = [...withPorts, "icmp", "ipv6-icmp"];
const ctStates: readonly string[] = ["new", "established", "related", "invalid", "untracked"];

/** Makes a predicate of a match; throws on every form that is not known, or that nft would refuse. */
export function loadMatch(match: Match, { sets, previous }: MatchContext): Predicate {
  switch (match.kind) {
    case "l4proto":
      checkListed(match.protocols, l4protos, "protocol");
      return ({ protocol }) =>
        (match.protocols as readonly string[]).includes(protocol) !== (match.isOther ?? false);
    case "nfproto":
      checkListed([match.family], ["ipv4", "ipv6"], "nfproto");
      return ({ saddr }) => familyOf(saddr) === (match.family === "ipv4" ? "IPv4" : "IPv6");
    case "ct state":
      checkListed(match.states, ctStates, "ct state");
      return ({ tracking }) => match.states.includes(tracking.state);
    case "ct direction":
      checkListed([match.direction], ["original", "reply"], "ct direction");
      return (packet) => connectionOf(packet)?.direction === match.direction;
    case "unconfirmed":
      return (packet) => connectionOf(packet)?.state === "new";
    case "connection":
      checkType([connectionId], findSet(sets, match.set).components);
      // A walk begins with the pods that there are: their connections are their own.
      return (packet) => connectionOf(packet) !== undefined && match.set !== "outlived";
    case "iifname":
      return ({ iifname }) => iifname === match.name;
    case "prefix":
      return loadPrefix(match);
    case "hoplimit":
      return ({ saddr, hopLimit }) => familyOf(saddr) === "IPv6" && hopLimit === match.value;
    case "icmpv6 type":
      return loadIcmpv6Types(match.types);
    case "address":
      return loadLookup(match.keys.map(loadKey), findSet(sets, match.set));
    case "server port":
      checkBehindProtocol(match.kind, previous);
      return loadLookup([serverPort], portsOf(match.ports, sets));
    case "server endpoint":
      checkBehindProtocol(match.kind, previous);
      return loadLookup([serverAddress(match.family), serverPort], findSet(sets, match.set));
    case "dport":
      return loadLookup([loadDport(match.protocol)], portsOf(match.ports, sets));
    case "destination endpoint":
      return loadLookup(
        [loadAddress(`${match.family} daddr`), loadDport(match.protocol)],
        findSet(sets, match.set),
      );
    default:
      match satisfies never;
      throw new Error(`Cannot load rule: match ${JSON.stringify(match)} is not known`);
  }
}

/** A part of a key, read from a packet; where the packet has none the rule does not match. */
export interface KeyPart {
  readonly component: Component;
  readonly read: (packet: Packet) => string | undefined;
}

/** Reads whatever a set or a map is looked up by. */
export function loadKey(key: LookupKey): KeyPart {
  if (key === "iifname" || key === "oifname") return loadInterface(key);
  if (key !== "meta nfproto") return loadAddress(key);
  const read = ({ saddr }: Packet): string => familyOf(saddr) === "IPv4" ? "ipv4" : "ipv6";
  return { component: "nfproto", read };
}

/** Reads whatever a map is looked up by, behind a match. */
export function loadMapKey(key: MapKey, previous: Match | undefined): KeyPart {
  if (key === "ct reply proto-src") {
    checkBehindProtocol(key, previous);
    return serverPort;
  }
  const [, protocol] = /^(\S+) dport$/.exec(key) ?? [];
  return protocol === undefined ? loadKey(key as LookupKey) : loadDport(protocol);
}

/** What `vmap` may stand behind. */
type MapKey = Extract<Verdict, { kind: "vmap" }>["key"];

/** `ct id`. */
export const connectionId: KeyPart = { component: "connection", read: () => undefined };

/** Reads an address; throws on a key that is not known. */
export function loadAddress(key: AddressKey): KeyPart {
  const read = addressReaders[key];
  if (read === undefined) throw new Error(`Cannot load rule: key "${key}" is not known`);
  const component = key.includes("ip6") ? "ip6" : "ip";
  const family = component === "ip6" ? "IPv6" : "IPv4";
  return {
    component,
    read: (packet) => {
      const address = read(packet);
      return address !== undefined && familyOf(address) === family ? address : undefined;
    },
  };
}

/** Reads the name of an interface as nft writes it in sets. */
function loadInterface(key: InterfaceKey): KeyPart {
  return {
    component: "ifname",
    read: (packet) => packet[key] === "" ? undefined : `"${packet[key]}"`,
  };
}

function loadPrefix({ key, prefix, isOther }: Extract<Match, { kind: "prefix" }>): Predicate {
  const { read, component } = loadAddress(key);
  const set = loadIntervalSet(component === "ip6" ? "ip6 saddr" : "ip saddr", [prefix]);
  return (packet) => {
    const address = read(packet);
    return address !== undefined && set.has([address]) !== isOther;
  };
}

const client = (packet: Packet): Packet["saddr"] | undefined => connectionOf(packet)?.client;
const server = (packet: Packet): Packet["saddr"] | undefined => connectionOf(packet)?.server;

const addressReaders: Readonly<
  Record<AddressKey, (packet: Packet) => Packet["saddr"] | undefined>
> = {
  "ip saddr": ({ saddr }) => saddr,
  "ip daddr": ({ daddr }) => daddr,
  "ip6 saddr": ({ saddr }) => saddr,
  "ip6 daddr": ({ daddr }) => daddr,
  "ct original ip saddr": client,
  "ct original ip6 saddr": client,
  "ct reply ip saddr": server,
  "ct reply ip6 saddr": server,
};

function serverAddress(family: "ip" | "ip6"): KeyPart {
  return loadAddress(`ct reply ${family} saddr`);
}

const serverPort: KeyPart = {
  component: "port",
  read: (packet) => connectionOf(packet)?.serverPort?.toString(),
};

function loadDport(protocol: string): KeyPart {
  checkListed([protocol], withPorts, "protocol with ports");
  return {
    component: "port",
    read: (packet) => packet.protocol === protocol ? packet.dport?.toString() : undefined,
  };
}

function loadLookup(parts: readonly KeyPart[], set: LoadedSet): Predicate {
  checkType(parts, set.components);
  return (packet) => {
    const key = parts.map(({ read }) => read(packet));
    return key.every((part) => part !== undefined) && set.has(key);
  };
}

/** nft refuses a look-up in a set of another type. */
export function checkType(parts: readonly KeyPart[], components: readonly Component[]): void {
  const type = parts.map(({ component }) => component).join(" . ");
  if (type !== components.join(" . ")) {
    throw new Error(`Cannot load rule: key is ${type}, set is ${components.join(" . ")}`);
  }
}

function loadIcmpv6Types(names: readonly string[]): Predicate {
  checkListed(names, [...icmpv6Types.keys()], "icmpv6 type");
  const types = names.map((name) => icmpv6Types.get(name));
  return ({ protocol, icmpv6Type }) =>
    protocol === "ipv6-icmp" && icmpv6Type !== undefined && types.includes(icmpv6Type);
}

function portsOf(value: PortValue, sets: ReadonlyMap<string, LoadedSet>): LoadedSet {
  return "set" in value ? findSet(sets, value.set) : loadPorts(value.ports);
}

function findSet(sets: ReadonlyMap<string, LoadedSet>, name: string): LoadedSet {
  const set = sets.get(name);
  if (set === undefined) throw new Error(`Cannot load rule: set "${name}" is not there`);
  return set;
}

/** nft 1.0.6 takes `ct reply proto-src` right behind one protocol only. */
function checkBehindProtocol(what: string, previous: Match | undefined): void {
  const protocols: readonly string[] = previous?.kind === "l4proto" ? previous.protocols : [];
  if (protocols.length === 1 && withPorts.includes(protocols[0] ?? "")) return;
  throw new Error(`Cannot load rule: "${what}" is not behind a protocol with ports`);
}

function checkListed(found: readonly string[], known: readonly string[], what: string): void {
  const odd = found.find((name) => !known.includes(name));
  if (odd !== undefined) throw new Error(`Cannot load rule: ${what} "${odd}" is not known`);
  if (found.length === 0) throw new Error(`Cannot load rule: it lists no ${what}`);
}
