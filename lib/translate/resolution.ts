// This module is pure.
import type { Action } from "../model/cluster_network_policy.ts";
import type {
  EndpointsRule,
  GroupRule,
  PeersRule,
  PortMapRule,
  PortMatch,
  PortsRule,
} from "../model/group.ts";
import { type Protocol, protocols } from "../model/port.ts";
import { type Allowance, policiesOf, type Ports } from "./allowances.ts";
import { beforeEverybody, blocksByAction, stepsTo } from "./first_match.ts";
import { isNobody, type UnionPeers } from "./peers.ts";
import { mostLists } from "./port_map.ts";
import { type PortClass, portClasses, unitePorts } from "./port_classes.ts";
import { addressSetKey, endpointSetKey, type SetDefinitions } from "./sets.ts";

const actions: readonly Action[] = ["Accept", "Deny", "Pass"];

/** More classes than this would cost more objects than they save rules. */
const mostClasses = 64;

/** What is said of ports by number. */
interface Numbered extends Allowance {
  readonly ports: { readonly kind: "ports"; readonly ports: PortMatch };
}

/**
 * Rules that look every packet up a fixed number of times, however many things are said and in
 * whatever order: of each class of ports, whom the first of them accepts, denies and passes is a
 * set each. What names DNS has told is not known here, and so must not be among the peers.
 *
 * @param isLast True where nothing of the tier comes behind them.
 * @returns undefined where there are too many different ports for that.
 */
export function resolve(
  list: readonly Allowance[],
  definitions: SetDefinitions,
  isLast: boolean,
): readonly GroupRule[] | undefined {
  const numbered = list.filter((said): said is Numbered => said.ports.kind === "ports");
  const classes = portClasses(numbered, ({ ports }) => ports.ports);
  if (classes.length > mostClasses) return undefined;
  const isRest = ({ ports }: PortClass<unknown>): boolean =>
    ports.kind === "all" || ports.ranges === undefined;
  const rulesOf = (some: typeof classes): readonly PeersRule[] =>
    some.flatMap(({ ports, about }) => classRules(ports, about, definitions));
  const listed = classes.filter((one) => !isRest(one));
  const named = protocols.map((protocol) => namedRules(list, protocol, definitions));
  const [many, few] = [named.filter(isMany), named.filter((rules) => !isMany(rules))];
  const handed = (some: typeof classes): PortsRule => ({
    kind: "ports",
    ports: unitePorts(some),
    named: many.map(([first]) => ({
      protocol: first.protocol,
      endpoints: allNamed(list, first.protocol, definitions),
    })),
    rules: [...many.flat(), ...rulesOf(some)],
  });
  const mapped = (): PortMapRule => ({
    kind: "port map",
    classes: listed.map((one) => ({ ports: [one.ports], rules: rulesOf([one]).map(atAllPorts) })),
  });
  const rules = [...many.flat(), ...rulesOf(listed)];
  const byPort = (): readonly GroupRule[] => {
    if (!isLast) return rules;
    if (listed.length <= mostLists) return rules.length > 2 ? [handed(listed)] : rules;
    return [...(many.length > 0 ? [handed([])] : []), mapped()];
  };
  return [...few.flat(), ...byPort(), ...rulesOf(classes.filter(isRest))];
}

/** A rule of a class is asked at the class's ports alone. */
function atAllPorts(rule: PeersRule): PeersRule {
  return { ...rule, ports: { kind: "all" } };
}

type Many = readonly [EndpointsRule, EndpointsRule, ...EndpointsRule[]];

/** Whether there are more look-ups than the one that tells whether any of them finds something. */
function isMany(rules: readonly EndpointsRule[]): rules is Many {
  return rules.length > 1;
}

/** Those whom somebody selects first, then those who lie in a block, then everybody. */
function classRules(
  ports: PortMatch,
  list: readonly Allowance[],
  definitions: SetDefinitions,
): readonly PeersRule[] {
  const { some, rest } = beforeEverybody(list);
  const rule = (action: Action, peers: PeersRule["peers"]): PeersRule => {
    const policies = policiesOf(list.filter((said) => said.action === action));
    return { kind: "peers", action, ports, peers, policies };
  };
  const bySelection = actions.flatMap((action) => {
    const addresses = addressSetKey(definitions, stepsTo(action, some));
    const peers = { kind: "union", addresses, blocks: [], names: undefined } as const;
    return addresses === undefined ? [] : [rule(action, peers)];
  });
  const allBlocks = blocksByAction(some);
  const byBlock = actions.flatMap((action) => {
    const blocks = allBlocks[action];
    const peers = { kind: "union", addresses: undefined, blocks, names: undefined } as const;
    return blocks.length === 0 ? [] : [rule(action, peers)];
  });
  const last = rest === undefined ? [] : [rule(rest.action, { kind: "all" })];
  return [...bySelection, ...byBlock, ...last];
}

/** CNP-16: where a name is what the first thing about a pod's port says, for each action a set. */
function namedRules(
  list: readonly Allowance[],
  protocol: Protocol,
  definitions: SetDefinitions,
): readonly EndpointsRule[] {
  const own = list.filter(({ ports }) => isOf(ports, protocol));
  return actions.flatMap((action): readonly EndpointsRule[] => {
    const isMember = (said: Allowance): boolean =>
      said.ports.kind === "name" && said.action === action;
    const members = own.filter(isMember);
    if (members.length === 0) return [];
    const steps = own.map((said) => ({ said, isMember: isMember(said) }));
    const endpoints = endpointSetKey(definitions, steps);
    const policies = policiesOf(members);
    return [{ kind: "endpoints", action, protocol, endpoints, policies }];
  });
}

/** The endpoints of which a name is what the first thing about them says, whatever is done there. */
function allNamed(
  list: readonly Allowance[],
  protocol: Protocol,
  definitions: SetDefinitions,
): string {
  const own = list.filter(({ ports }) => isOf(ports, protocol));
  const steps = own.map((said) => ({ said, isMember: said.ports.kind === "name" }));
  return endpointSetKey(definitions, steps);
}

function isOf(ports: Ports, protocol: Protocol): boolean {
  return ports.kind === "name" ? ports.protocol === protocol : isAbout(ports.ports, protocol);
}

function isAbout(ports: PortMatch, protocol: Protocol): boolean {
  return ports.kind === "all" || ports.protocol === protocol;
}

/**
 * Parts what is said at the peers that DNS tells: before, at and behind them. Only within a part
 * is it known beforehand who is decided by what; parts next to each other that only accept are one.
 */
export function partsAtNames(list: readonly Allowance[]): readonly (readonly Allowance[])[] {
  const parts: Allowance[][] = [[]];
  for (const said of list) {
    const { peers } = said;
    const known = peers === "all" ? peers : { ...peers, names: [] };
    if (!isNobody(known)) parts.at(-1)?.push({ ...said, peers: known });
    if (peers === "all" || peers.names.length === 0) continue;
    const named: UnionPeers = { selections: [], blocks: [], names: peers.names };
    parts.push([{ ...said, peers: named }], []);
  }
  return joined(parts.filter(({ length }) => length > 0));
}

function joined(parts: readonly Allowance[][]): readonly (readonly Allowance[])[] {
  const accepts = (part: readonly Allowance[]): boolean =>
    part.every(({ action }) => action === "Accept");
  const some: Allowance[][] = [];
  for (const part of parts) {
    const last = some.at(-1);
    if (last !== undefined && accepts(last) && accepts(part)) last.push(...part);
    else some.push(part);
  }
  return some;
}
