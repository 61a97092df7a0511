import * as fc from "fast-check";
import { type ApiObject, type Fields, policy } from "../spec/objects.ts";
import { type IpBlock, ipBlock } from "./addresses.ts";
import { selector } from "./labels.ts";
import { namespaceNames, portNames, portNumbers } from "./pods.ts";

function peerOf(ipBlock: fc.Arbitrary<IpBlock>): fc.Arbitrary<Fields> {
  return fc.oneof(
    { weight: 3, arbitrary: fc.record({ podSelector: selector }) },
    { weight: 3, arbitrary: fc.record({ namespaceSelector: selector }) },
    { weight: 3, arbitrary: fc.record({ podSelector: selector, namespaceSelector: selector }) },
    { weight: 5, arbitrary: fc.record({ ipBlock }) },
  );
}

const protocol = fc.constantFrom("TCP", "TCP", "UDP", "SCTP");
const number = fc.constantFrom(...portNumbers);

const portRange: fc.Arbitrary<Fields> = fc.tuple(number, number, protocol)
  .map(([a, b, protocol]) => ({ port: Math.min(a, b), endPort: Math.max(a, b), protocol }));

const port: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 1, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.record({ protocol }) },
  { weight: 5, arbitrary: fc.record({ port: number, protocol }, { requiredKeys: ["port"] }) },
  { weight: 3, arbitrary: portRange },
  {
    weight: 5,
    arbitrary: fc.record({ port: fc.constantFrom(...portNames, "nobody"), protocol }, {
      requiredKeys: ["port"],
    }),
  },
);

/** A list that is there, is empty, or is not there at all. */
function list(item: fc.Arbitrary<Fields>): fc.Arbitrary<readonly Fields[] | undefined> {
  return fc.option(fc.array(item, { maxLength: 3 }), { nil: undefined, freq: 4 });
}

/** A list of ports by number. */
const numbers: fc.Arbitrary<readonly Fields[]> = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ port: number, protocol }) },
    { weight: 1, arbitrary: portRange },
  ),
  { minLength: 1, maxLength: 2 },
);

function rules(
  side: "from" | "to",
  peer: fc.Arbitrary<Fields>,
): fc.Arbitrary<readonly Fields[] | undefined> {
  const few = list(
    fc.record({ peers: list(peer), ports: list(port) }).map(({ peers, ports }) => ({
      ...(peers === undefined ? {} : { [side]: peers }),
      ...(ports === undefined ? {} : { ports }),
    })),
  );
  const many = fc.tuple(few, manyLists(side, peer)).map(([few = [], many]) => [...few, ...many]);
  return fc.oneof({ weight: 7, arbitrary: few }, { weight: 1, arbitrary: many });
}

/** Rules with so many lists of ports that these are looked up in a map. */
function manyLists(
  side: "from" | "to",
  peer: fc.Arbitrary<Fields>,
): fc.Arbitrary<readonly Fields[]> {
  const peers = fc.array(peer, { minLength: 1, maxLength: 2 });
  const rule = fc.record({ [side]: peers, ports: numbers });
  return fc.array(rule, { minLength: 10, maxLength: 16, size: "max" });
}

/** What is wrong with a policy that is broken; most are not. */
const flaw: fc.Arbitrary<Fields> = fc.oneof(
  { weight: 30, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ ingress: [{ ports: [{ port: 0 }] }, {}] }) },
  { weight: 1, arbitrary: fc.constant({ egress: [{ to: [{}] }, {}] }) },
  { weight: 1, arbitrary: fc.constant({ policyTypes: ["Sideways"] }) },
);

/** A policy of the API with every feature that there is, and blocks of some kind. */
export function policyWith(ipBlock: fc.Arbitrary<IpBlock>): fc.Arbitrary<ApiObject> {
  const peer = peerOf(ipBlock);
  return fc.record({
    namespace: fc.constantFrom(...namespaceNames, "red", "blue", "red", "blue"),
    name: fc.integer({ min: 0, max: 9 }),
    podSelector: selector,
    policyTypes: fc.constantFrom(
      ["Ingress"],
      ["Egress"],
      ["Ingress", "Egress"],
      ["Egress", "Ingress"],
      [],
      undefined,
    ),
    ingress: rules("from", peer),
    egress: rules("to", peer),
    flaw,
  }).map(({ namespace, name, flaw, ...fields }) => {
    const spec = Object.entries({ ...fields, ...flaw }).filter(([, value]) => value !== undefined);
    return policy(`${namespace}/np${name}`, Object.fromEntries(spec));
  });
}

/** A policy with blocks around pods and outside. */
export const apiPolicy: fc.Arbitrary<ApiObject> = policyWith(ipBlock);
