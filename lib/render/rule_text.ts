// This module is pure.
import type { Match, PortValue, Rule, Verdict } from "../model/nft_rule.ts";

/** Prints a rule as nft lists it. */
export function ruleText({ matches, update, counter, verdict, comment }: Rule): string {
  return [
    ...matches.map(matchText),
    ...(update === undefined ? [] : [`${update.how} @${update.set} { ${update.key} }`]),
    ...(counter ? ["counter"] : []),
    ...(verdict === undefined ? [] : [verdictText(verdict)]),
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
  ].join(" ");
}

/** Prints a verdict as nft lists it; none is "". */
export function verdictText(verdict: Verdict | undefined): string {
  switch (verdict?.kind) {
    case undefined:
      return "";
    case "accept":
    case "drop":
    case "return":
      return verdict.kind;
    case "jump":
    case "goto":
      return `${verdict.kind} ${verdict.chain}`;
    case "vmap":
      return `${verdict.key} vmap @${verdict.map}`;
    default:
      return verdict satisfies never;
  }
}

function matchText(match: Match): string {
  switch (match.kind) {
    case "l4proto":
      return `meta l4proto ${match.isOther ? "!= " : ""}${oneOrSet(match.protocols)}`;
    case "nfproto":
      return `meta nfproto ${match.family}`;
    case "ct state":
      return `ct state ${match.states.join(",")}`;
    case "ct direction":
      return `ct direction ${match.direction}`;
    case "unconfirmed":
      return "ct status ! confirmed";
    case "connection":
      return `ct id @${match.set}`;
    case "iifname":
      return `iifname "${match.name}"`;
    case "prefix":
      return `${match.key} ${match.isOther ? "!= " : ""}${match.prefix}`;
    case "hoplimit":
      return `ip6 hoplimit ${match.value}`;
    case "icmpv6 type":
      return `icmpv6 type ${oneOrSet(match.types)}`;
    case "address":
      return `${match.keys.join(" . ")} @${match.set}`;
    case "server port":
      return `ct reply proto-src ${portText(match.ports)}`;
    case "dport":
      return `${match.protocol} dport ${portText(match.ports)}`;
    case "server endpoint":
      return `ct reply ${match.family} saddr . ct reply proto-src @${match.set}`;
    case "destination endpoint":
      return `${match.family} daddr . ${match.protocol} dport @${match.set}`;
    default:
      return match satisfies never;
  }
}

function oneOrSet(values: readonly string[]): string {
  return values.length === 1 ? `${values[0]}` : `{ ${values.join(", ")} }`;
}

function portText(value: PortValue): string {
  return "set" in value ? `@${value.set}` : value.ports;
}
