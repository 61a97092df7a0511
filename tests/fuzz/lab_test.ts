import assert from "node:assert/strict";
import * as fc from "fast-check";
import { familyOf } from "../../lib/model/address.ts";
import { addressValue } from "../../lib/model/address_value.ts";
import type { Listing } from "../../lib/model/listing.ts";
import { protocols } from "../../lib/model/port.ts";
import { difference } from "../../lib/render/difference.ts";
import { Lab } from "../lab/lab.ts";
import type { Host, Topology } from "../lab/topology.ts";
import type { Probe } from "../lab/traffic.ts";
import { type Outcome, probeProtocols } from "../lab/traffic_calls.ts";
import { type ApiObject, nameOf, namespace, node, pod } from "../spec/objects.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { End, Journey } from "../walk/journey.ts";
import { formatJourney, oracleAllows, type TestedNode, testedNode } from "../walk/node.ts";
import { ipBlockAround } from "./addresses.ts";
import { labels } from "./labels.ts";
import { policyWith } from "./policies.ts";
import { formatCase, fuzzSeed, say } from "./report.ts";
import { tierPolicyWith } from "./tiers.ts";

const rounds = 16;
const ports = [80, 81];

const topology: Topology = {
  nodes: [
    { name: "n1", pods: ["red/p0", "red/p1", "blue/p0"] },
    { name: "n2", pods: ["red/p2", "blue/p1"] },
  ],
};

Deno.test("real packets pass where the oracle says so, on random policies", async () => {
  const seed = fuzzSeed();
  await using lab = await Lab.create(
    topology,
    protocols.flatMap((protocol) => ports.map((port) => ({ protocol, port }))),
  );
  const questions = questionsOf(lab);
  say(`fuzz: HEDGEROW_FUZZ_SEED=${seed}, ${rounds} clusters, ${questions.length} connections each`);
  const held = new Map<string, Listing>();
  let allowed = 0;
  for (const objects of fc.sample(objectsOf(lab), { seed, numRuns: rounds })) {
    const nodes = topology.nodes.map(({ name }) =>
      testedNode(name, stateOf(decodeObjects(objects), name))
    );
    for (const node of nodes) await load(lab, node, held);
    const expected = questions.map(({ journey }) =>
      nodes.every((node) => oracleAllows(node, journey))
    );
    const outcomes = await ask(lab, questions, expected);
    for (const [index, { journey }] of questions.entries()) {
      const isAllowed = expected[index] ?? false;
      if (isAllowed) allowed++;
      const what = `HEDGEROW_FUZZ_SEED=${seed}: ${formatJourney(journey)}`;
      const objectsText = (): string => formatCase({ objects, departed: [] });
      if (outcomes[index] === (isAllowed ? "open" : "timeout")) continue;
      assert.fail(`${what}: ${outcomes[index]}, but allowed: ${isAllowed}\n\n${objectsText()}`);
    }
  }
  say(`fuzz: ${allowed} of ${rounds * questions.length} connections were allowed`);
  assert.ok(allowed > 0 && allowed < rounds * questions.length);
});

/** Asks all at once; where an answer is missed, again and with patience, as we may have been slow. */
async function ask(
  { traffic }: Lab,
  questions: readonly Question[],
  expected: readonly boolean[],
): Promise<readonly Outcome[]> {
  const outcomes = [...await traffic.probeAll(questions.map(({ probe }) => probe))];
  const missed = [...outcomes.keys()]
    .filter((index) => expected[index] && outcomes[index] === "timeout");
  const again = missed.flatMap((index) => questions[index]?.probe ?? [])
    .map((probe) => ({ ...probe, timeoutMs: 3000 }));
  for (const [place, outcome] of (await traffic.probeAll(again)).entries()) {
    outcomes[missed[place] ?? 0] = outcome;
  }
  return outcomes;
}

/** Brings a node's table to what it should be, in the agent's own steps. */
async function load(
  lab: Lab,
  { name, listing }: TestedNode,
  held: Map<string, Listing>,
): Promise<void> {
  for (const transaction of difference(held.get(name), listing)) {
    await lab.network.nft(name, transaction.join("\n"));
  }
  held.set(name, listing);
}

/** The lab's nodes and pods with random labels and named ports, and random policies around them. */
function objectsOf(lab: Lab): fc.Arbitrary<readonly ApiObject[]> {
  const hosts = lab.hosts.filter(({ kind }) => kind === "pod");
  const pools = lab.hosts.flatMap(({ addresses }) =>
    addresses.map((address) => ({ family: familyOf(address), first: addressValue(address) & ~31n }))
  );
  const port = fc.record({
    name: fc.constantFrom("web", "dns"),
    containerPort: fc.constantFrom(...ports),
    protocol: fc.constantFrom(...protocols),
  });
  const pods = fc.tuple(
    ...hosts.map(({ name, node = "", addresses }) =>
      fc.record({ labels, ports: fc.array(port, { maxLength: 3 }) })
        .map((traits) => pod(name, { ...traits, node, ips: addresses }))
    ),
  );
  const namespaces = fc.tuple(
    ...["red", "blue"].map((name) => labels.map((labels) => namespace(name, labels))),
  );
  const nodes = fc.tuple(
    ...lab.hosts.filter(({ kind }) => kind === "node")
      .map(({ name, addresses }) => labels.map((labels) => node(name, { labels, ips: addresses }))),
  );
  const policies = fc.uniqueArray(policyWith(ipBlockAround(pools)), {
    minLength: 2,
    maxLength: 8,
    size: "max",
    selector: nameOf,
  });
  const tiers = fc.uniqueArray(tierPolicyWith(ipBlockAround(pools)), {
    maxLength: 4,
    size: "max",
    selector: nameOf,
  });
  return fc.tuple(nodes, namespaces, pods, policies, tiers).map((lists) => lists.flat());
}

interface Question {
  readonly probe: Probe;
  readonly journey: Journey;
}

/** Everybody to everybody else, by every protocol, at each port, in both families. */
function questionsOf(lab: Lab): readonly Question[] {
  return lab.hosts.flatMap((from) =>
    lab.hosts.filter((to) => to !== from).flatMap((to) =>
      probeProtocols.flatMap((protocol) =>
        (protocol === "ICMP" ? [undefined] : ports).flatMap((port) =>
          to.addresses.map((address) => question(from, { to, address, protocol, port }))
        )
      )
    )
  );
}

interface Target {
  readonly to: Host;
  readonly address: End["address"];
  readonly protocol: Probe["protocol"];
  readonly port: number | undefined;
}

function question(from: Host, { to, address, protocol, port }: Target): Question {
  const source = from.addresses.find((own) => familyOf(own) === familyOf(address));
  assert.ok(source !== undefined);
  return {
    probe: { from, to: address, protocol, ...(port === undefined ? {} : { port }) },
    journey: {
      client: endOf(from, source),
      server: endOf(to, address),
      protocol: protocol.toLowerCase(),
      port,
    },
  };
}

function endOf({ kind, name, node }: Host, address: End["address"]): End {
  return { address, node: kind === "node" ? name : node, isHost: kind === "node" };
}
