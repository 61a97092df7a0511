import type {
  AddressKey,
  CtState,
  InterfaceKey,
  Jump,
  L4Proto,
  LookupKey,
  Match,
  PortKey,
  PortValue,
  Rule,
  Verdict,
} from "../../lib/model/nft_rule.ts";

type Update = NonNullable<Rule["update"]>;

const address = "(?:ct (?:original|reply) )?ip6? [sd]addr";
const name = "[A-Za-z][A-Za-z0-9/._-]*";
const transport = "tcp|udp|sctp";
const list = (word: string): string => `${word}|\\{ ${word}(?:, ${word})* \\}`;

/** Every form that a match is printed in, and what it means; longer forms before their beginnings. */
const matchForms: readonly (readonly [string, (...parts: string[]) => Match])[] = [
  [`meta l4proto (!= )?(${list("[a-z0-9-]+")})`, (not, text) => {
    const protocols = items(text) as readonly L4Proto[];
    return { kind: "l4proto", protocols, ...(not === undefined ? {} : { isOther: true }) };
  }],
  ["meta nfproto (ipv4|ipv6)", (family) => {
    return { kind: "nfproto", family: family as "ipv4" | "ipv6" };
  }],
  ["ct state ([a-z]+(?:,[a-z]+)*)", (states) => {
    return { kind: "ct state", states: states.split(",") as readonly CtState[] };
  }],
  ["ct direction (original|reply)", (direction) => {
    return { kind: "ct direction", direction: direction as "original" | "reply" };
  }],
  [
    `(${address}) (!= )?((?:[0-9a-f]*:|\\d+\\.)[0-9a-f.:]*(?:/\\d+|-[0-9a-f.:]+)?)`,
    (key, not, prefix) => {
      return { kind: "prefix", key: key as AddressKey, prefix, isOther: not !== undefined };
    },
  ],
  ["ct status ! confirmed", () => ({ kind: "unconfirmed" })],
  [`ct id @(${name})`, (set) => ({ kind: "connection", set })],
  ['iifname "([^"]*)"', (name) => ({ kind: "iifname", name })],
  ["ip6 hoplimit (\\d+)", (value) => ({ kind: "hoplimit", value: Number(value) })],
  [`icmpv6 type (${list("[a-z0-9-]+")})`, (text) => ({ kind: "icmpv6 type", types: items(text) })],
  [`ct reply (ip6?) saddr \\. ct reply proto-src @(${name})`, (family, set) => {
    return { kind: "server endpoint", family: family as "ip" | "ip6", set };
  }],
  [`ct reply proto-src (\\d+(?:-\\d+)?|@${name})`, (value) => {
    return { kind: "server port", ports: parsePorts(value) };
  }],
  [`(ip6?) daddr \\. (${transport}) dport @(${name})`, (family, protocol, set) => {
    const kind = "destination endpoint";
    return { kind, family: family as "ip" | "ip6", protocol: protocol as L4Proto, set };
  }],
  [`(${transport}) dport (\\d+(?:-\\d+)?|@${name})`, (protocol, value) => {
    return { kind: "dport", protocol: protocol as L4Proto, ports: parsePorts(value) };
  }],
  [
    `((?:${address}|iifname)(?: \\. (?:${address}|iifname|meta nfproto))*) @(${name})`,
    (keys, set) => {
      return { kind: "address", keys: keys.split(" . ") as readonly LookupKey[], set };
    },
  ],
];

const updateForms: readonly (readonly [string, (...parts: string[]) => Update])[] = [
  [`(update|delete) @(${name}) \\{ (${address}|ct id) \\}`, (how, set, key) => {
    return { how: how as Update["how"], set, key: key as Update["key"] };
  }],
];

const verdictForms: readonly (readonly [string, (...parts: string[]) => Verdict])[] = [
  ["(accept|drop|return)", (kind) => ({ kind: kind as "accept" | "drop" | "return" })],
  [`(jump|goto) (${name})`, (kind, chain) => ({ kind: kind as Jump["kind"], chain })],
  [
    `(${address}|[io]ifname|ct reply proto-src|(?:${transport}) dport) vmap @(${name})`,
    (key, map) => {
      return { kind: "vmap", key: key as AddressKey | InterfaceKey | PortKey, map };
    },
  ],
];

/** Reads a rule as nft prints it; throws on every form that is not known. */
export function parseRule(text: string): Rule {
  const [, comment] = / comment "([^"]*)"$/.exec(text) ?? [];
  let rest = comment === undefined ? text : text.slice(0, -` comment "${comment}"`.length);
  const matches: Match[] = [];
  for (;;) {
    const [match, length] = take(rest, matchForms, "(?: |$)") ?? [undefined, 0];
    if (match === undefined) break;
    matches.push(match);
    rest = rest.slice(length);
  }
  const [update, length] = take(rest, updateForms, "(?: |$)") ?? [undefined, 0];
  rest = rest.slice(length);
  const counter = rest.startsWith("counter ");
  if (counter) rest = rest.slice("counter ".length);
  const verdict = update !== undefined && rest === "" ? undefined : parseVerdict(rest, text);
  return { matches, ...(update === undefined ? {} : { update }), counter, verdict, comment };
}

/** Reads a verdict; `whole` is the text for a message. */
export function parseVerdict(text: string, whole: string): Verdict {
  const [verdict] = take(text, verdictForms, "$") ?? [];
  if (verdict === undefined) throw new Error(`Cannot read rule: ${whole}: "${text}" is not known`);
  return verdict;
}

function take<T>(
  text: string,
  forms: readonly (readonly [string, (...parts: string[]) => T])[],
  end: string,
): readonly [T, number] | undefined {
  for (const [pattern, make] of forms) {
    const found = new RegExp(`^${pattern}${end}`).exec(text);
    if (found !== null) return [make(...found.slice(1)), found[0].length];
  }
  return undefined;
}

/** `tcp`, or `{ icmp, ipv6-icmp }`. */
function items(text: string): readonly string[] {
  return text.replace(/^\{ | \}$/g, "").split(", ");
}

function parsePorts(text: string): PortValue {
  return text.startsWith("@") ? { set: text.slice(1) } : { ports: text };
}
