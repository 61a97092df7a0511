// This module is pure.
import { type Era, eras } from "../model/newcomer.ts";
import type { Match, Rule, SetUpdate, Verdict } from "../model/nft_rule.ts";
import type { Chain } from "../model/ruleset.ts";
import { chain, counted, rule, state } from "./rules.ts";

const families = ["ip", "ip6"] as const;
type HeaderKey = `${"ip" | "ip6"} ${"saddr" | "daddr"}`;

const back: Verdict = { kind: "return" };
const outlived: Verdict = { kind: "goto", chain: "outlived" };

/**
 * An address that was given to another pod may still have connections of its last owner, which
 * conntrack knows and that pod does not: their packets must not reach it. So for three minutes what
 * goes to a new pod must be of a connection that has begun since. Conntrack has forgotten UDP by
 * then, but for what somebody goes on to send: that is watched for as long as it comes.
 */
export function newcomerChains(): readonly Chain[] {
  return [
    chain("outlived", outlivedRules(), "of a connection that has outlived its pod"),
    ...eras.map((era) => chain(`newcomer-${era}`, eraRules(era))),
    chain("newcomer", newcomerRules(), "to a pod that is new, or that is sent what is not for it"),
    chain("begin-from", eraBeginRules("saddr"), "what a pod sends is its own"),
    chain("begin-to", eraBeginRules("daddr")),
    chain("begin", beginRules(), "may pass, and is remembered as of the pods that are new"),
  ];
}

/** Looks at what goes to a pod that is new or watched. */
export function toWatched(ip: "ip" | "ip6"): Rule {
  return rule([isWatched(`${ip} daddr`)], { kind: "jump", chain: "newcomer" });
}

/** What has come to the end of a base chain may pass: a connection that begins is remembered. */
export function toBegin(): Rule {
  return rule([state("related", "new")], { kind: "jump", chain: "begin" });
}

/**
 * What a pod sends is its own, also between ports that its address's last owner used. Those are the
 * same by more than chance in UDP alone, and other packets are not asked.
 */
export function toTakeOver(ip: "ip" | "ip6"): Rule {
  const isUdp: Match = { kind: "l4proto", protocols: ["udp"] };
  return rule([isUdp, isWatched(`${ip} saddr`)], { kind: "jump", chain: "begin-from" });
}

/** What there is no room to remember is dropped all the same. */
function outlivedRules(): readonly Rule[] {
  return [
    ...families.map((ip) =>
      updating([], { set: `watched${suffix(ip)}`, how: "update", key: `${ip} daddr` })
    ),
    {
      ...updating([], { set: "outlived", how: "update", key: "ct id" }),
      ...{ counter: true, verdict: { kind: "drop" } },
    },
    counted([]),
  ];
}

/** What is known to have outlived a pod comes first: its era may be the present one's once more. */
function newcomerRules(): readonly Rule[] {
  return [
    rule([state("invalid", "untracked")], back),
    rule([{ kind: "unconfirmed" }], back),
    rule([{ kind: "connection", set: "outlived" }], outlived),
    ...forEachEra(
      "daddr",
      ({ isNew, era }) => [rule(isNew, { kind: "goto", chain: `newcomer-${era}` })],
    ),
  ];
}

function eraRules(era: Era): readonly Rule[] {
  return [rule([{ kind: "connection", set: `begun-${era}` }], back), rule([], outlived)];
}

function beginRules(): readonly Rule[] {
  return families.flatMap((ip) => [
    rule([isWatched(`${ip} saddr`)], { kind: "jump", chain: "begin-from" }),
    rule([isWatched(`${ip} daddr`)], { kind: "jump", chain: "begin-to" }),
  ]);
}

/**
 * A connection that begins may have the id of one that has ended. Where there is no room to remember
 * it, the pod is new no longer: whoever opens very many must not cut what others begin.
 */
function eraBeginRules(end: "saddr" | "daddr"): readonly Rule[] {
  return [
    updating([], { how: "delete", set: "outlived", key: "ct id" }),
    ...forEachEra(end, ({ isNew, era, key, set }) => [
      { ...updating(isNew, { how: "update", set: `begun-${era}`, key: "ct id" }), verdict: back },
      updating(isNew, { how: "delete", set, key }),
    ]),
  ];
}

/** The pods that are new in an era, and have addresses of a family. */
interface New {
  readonly era: Era;
  /** The address that is in the set of theirs. */
  readonly key: HeaderKey;
  readonly set: string;
  readonly isNew: readonly Match[];
}

function forEachEra(
  end: "saddr" | "daddr",
  make: (pods: New) => readonly Rule[],
): readonly Rule[] {
  return families.flatMap((ip) =>
    eras.flatMap((era) => {
      const [key, set] = [`${ip} ${end}`, `newcomers${suffix(ip)}-${era}`] as const;
      return make({ era, key, set, isNew: [isIn(key, set)] });
    })
  );
}

function isWatched(key: HeaderKey): Match {
  return isIn(key, key.startsWith("ip6") ? "watched6" : "watched4");
}

function isIn(key: HeaderKey, set: string): Match {
  return { kind: "address", keys: [key], set };
}

function suffix(ip: "ip" | "ip6"): "4" | "6" {
  return ip === "ip" ? "4" : "6";
}

/** Goes on with the next rule. */
function updating(matches: readonly Match[], update: SetUpdate): Rule {
  return { matches, update, counter: false, verdict: undefined, comment: undefined };
}
