import * as fc from "fast-check";
import {
  adminPolicy,
  type ApiObject,
  baselinePolicy,
  clusterPolicy,
  type Fields,
} from "../spec/objects.ts";
import { type IpBlock, ipBlock } from "./addresses.ts";
import { domainNames } from "./answers.ts";
import { selector } from "./labels.ts";
import { namespaceNames, portNames, portNumbers } from "./pods.ts";

/** Few, so that many policies share one. */
const priority = fc.constantFrom(0, 1, 1, 5, 5, 1000);

/** By labels or by name, which is all that is known of some. */
const namespaceSelector: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 5, arbitrary: selector },
  {
    weight: 1,
    arbitrary: fc.record({
      key: fc.constant("kubernetes.io/metadata.name"),
      operator: fc.constantFrom("In", "NotIn"),
      values: fc.subarray([...namespaceNames], { minLength: 1 }),
    }).map((expression) => ({ matchExpressions: [expression] })),
  },
);

const pods: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({ namespaces: {} }) },
  { weight: 2, arbitrary: fc.record({ namespaces: namespaceSelector }) },
  {
    weight: 3,
    arbitrary: fc.record({ pods: fc.record({ namespaceSelector, podSelector: selector }) }),
  },
);

/** Often all pods, so that tiers meet each other and NetworkPolicy. */
const subject = fc.oneof(fc.constant({ namespaces: {} }), pods);

/** What some CRD to come may write, or nobody: CNP-22 says what becomes of it. */
const unknownPeer = fc.constantFrom<Fields>(
  {},
  { services: {} },
  { namespaces: {}, except: {} },
);

function networks(ipBlock: fc.Arbitrary<IpBlock>): fc.Arbitrary<Fields> {
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.array(ipBlock, { minLength: 1, maxLength: 3 })
        .map((blocks) => ({ networks: blocks.map(({ cidr }) => cidr) })),
    },
    { weight: 1, arbitrary: fc.constant({ networks: ["0.0.0.0/0", "::/0"] }) },
  );
}

/** Names are unknown peers where a rule does not accept, and would deny everything too often. */
function egressPeer(ipBlock: fc.Arbitrary<IpBlock>, action: string): fc.Arbitrary<Fields> {
  return fc.oneof(
    { weight: 80, arbitrary: pods },
    { weight: 60, arbitrary: fc.record({ nodes: selector }) },
    { weight: 60, arbitrary: networks(ipBlock) },
    { weight: /Accept|Allow/.test(action) ? 40 : 1, arbitrary: domainNames },
    { weight: 2, arbitrary: unknownPeer },
  );
}

const ingressPeer: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 90, arbitrary: pods },
  { weight: 1, arbitrary: unknownPeer },
  { weight: 1, arbitrary: fc.constant({ networks: ["0.0.0.0/0"] }) },
);

/** A port, or a range; ranges of neighbours overlap in part. */
interface Numbers {
  readonly protocol: "tcp" | "udp" | "sctp";
  readonly first: number;
  readonly last: number;
}

const numbers: fc.Arbitrary<Numbers> = fc.tuple(
  fc.constantFrom<Numbers["protocol"]>("tcp", "tcp", "udp", "sctp"),
  fc.constantFrom(...portNumbers),
  fc.constantFrom(...portNumbers),
  fc.boolean(),
).map(([protocol, a, b, isOne]) => {
  return isOne || a === b
    ? { protocol, first: a, last: a }
    : { protocol, first: Math.min(a, b), last: Math.max(a, b) };
});

const portName = fc.constantFrom(...portNames, "nobody");

/** An entry of `protocols`. */
const protocol: fc.Arbitrary<Fields> = fc.oneof(
  {
    weight: 60,
    arbitrary: numbers.map(({ protocol, first, last }) => ({
      [protocol]: {
        destinationPort: first === last
          ? { number: first }
          : { range: { start: first, end: last } },
      },
    })),
  },
  { weight: 60, arbitrary: portName.map((destinationNamedPort) => ({ destinationNamedPort })) },
  { weight: 1, arbitrary: fc.constantFrom<Fields>({ tcp: {} }, { icmp: {} }, {}) },
);

/** An entry of `ports`, as v1alpha1 has it. */
const adminPort: fc.Arbitrary<Fields> = fc.oneof(
  {
    weight: 3,
    arbitrary: numbers.map(({ protocol, first, last }) =>
      first === last
        ? { portNumber: { protocol: protocol.toUpperCase(), port: first } }
        : { portRange: { protocol: protocol.toUpperCase(), start: first, end: last } }
    ),
  },
  { weight: 1, arbitrary: portName.map((namedPort) => ({ namedPort })) },
);

/** How one kind of policy writes its rules. */
interface Form {
  readonly actions: readonly string[];
  readonly ipBlock: fc.Arbitrary<IpBlock>;
  /** The field that holds protocols and ports. */
  readonly field: "protocols" | "ports";
  readonly entry: fc.Arbitrary<Fields>;
}

function rules(side: "from" | "to", form: Form): fc.Arbitrary<readonly Fields[]> {
  const rule = (action: string): fc.Arbitrary<Fields> => {
    const peer = side === "from" ? ingressPeer : egressPeer(form.ipBlock, action);
    return fc.record({
      name: fc.constantFrom("first", "second", ""),
      action: fc.constant(action),
      [side]: fc.array(peer, { minLength: 1, maxLength: 2 }),
      [form.field]: fc.option(fc.array(form.entry, { minLength: 1, maxLength: 3 }), {
        nil: undefined,
        freq: 3,
      }),
    }).map(withoutAbsent);
  };
  return fc.array(fc.oneof(...form.actions.map(rule)), { maxLength: 5, size: "max" });
}

function withoutAbsent(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function specOf(form: Form): fc.Arbitrary<Fields> {
  return fc.record({ subject, ingress: rules("from", form), egress: rules("to", form) });
}

const name = fc.integer({ min: 0, max: 5 }).map((number) => `p${number}`);

/** What is wrong with a policy that is broken; most are not. */
const flaw: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 40, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ tier: "Sideways" }) },
  { weight: 1, arbitrary: fc.constant({ priority: 1001 }) },
  { weight: 1, arbitrary: fc.constant({ subject: {} }) },
  { weight: 1, arbitrary: fc.constant({ egress: "none" }) },
);

function clusterPolicyWith(ipBlock: fc.Arbitrary<IpBlock>): fc.Arbitrary<ApiObject> {
  const spec = specOf({
    actions: ["Accept", "Accept", "Deny", "Pass"],
    ipBlock,
    field: "protocols",
    entry: protocol,
  });
  const tier = fc.constantFrom("Admin", "Baseline");
  return fc.tuple(name, tier, priority, spec, flaw).map(([name, tier, priority, spec, flaw]) =>
    clusterPolicy(name, { ...spec, tier, priority, ...flaw })
  );
}

function adminPolicyWith(ipBlock: fc.Arbitrary<IpBlock>): fc.Arbitrary<ApiObject> {
  const spec = specOf({
    actions: ["Allow", "Allow", "Deny", "Pass"],
    ipBlock,
    field: "ports",
    entry: adminPort,
  });
  return fc.tuple(name, priority, spec).map(([name, priority, spec]) =>
    adminPolicy(name, { ...spec, priority })
  );
}

function baselinePolicyWith(ipBlock: fc.Arbitrary<IpBlock>): fc.Arbitrary<ApiObject> {
  return specOf({
    actions: ["Allow", "Deny"],
    ipBlock,
    field: "ports",
    entry: adminPort,
  }).map(baselinePolicy);
}

/** A policy of a tier, of every kind that there is, with blocks of some kind. */
export function tierPolicyWith(ipBlock: fc.Arbitrary<IpBlock>): fc.Arbitrary<ApiObject> {
  return fc.oneof(
    { weight: 6, arbitrary: clusterPolicyWith(ipBlock) },
    { weight: 1, arbitrary: adminPolicyWith(ipBlock) },
    { weight: 1, arbitrary: baselinePolicyWith(ipBlock) },
  );
}

/** One of each kind, with blocks around pods and outside. */
export const tierPolicies = {
  ClusterNetworkPolicy: clusterPolicyWith(ipBlock),
  AdminNetworkPolicy: adminPolicyWith(ipBlock),
  BaselineAdminNetworkPolicy: baselinePolicyWith(ipBlock),
};

/** A policy of a tier with blocks around pods and outside. */
export const tierPolicy: fc.Arbitrary<ApiObject> = tierPolicyWith(ipBlock);
