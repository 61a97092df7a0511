import assert from "node:assert/strict";
import { tryParseAddress } from "../../lib/decode/address.ts";
import { familyOf, type IpAddress } from "../../lib/model/address.ts";
import type { ClusterState } from "../../lib/model/cluster.ts";
import { evaluate } from "../../lib/evaluate/evaluate.ts";
import { keyOf, type ObjectKey } from "../../lib/model/object_key.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { End, Journey } from "../walk/journey.ts";
import {
  disagreement,
  fatesAt,
  flowOf,
  formatJourney,
  type TestedNode,
  testedNode,
} from "../walk/node.ts";
import { nodeAddresses, outside } from "./cluster.ts";
import type { ApiObject } from "./objects.ts";

/** What policies are expected to mean for some connections. */
export interface Expected {
  /**
   * Connections, as `x/b > x/a:80`, `x/b > x/a:53/UDP`, `x/b > x/a ICMP`. Ends are pods, nodes
   * (`n1`), `outside`, addresses, or addresses that come from outside whoever has them
   * (`wire:192.168.0.1`); each is tried in every family that both ends have.
   */
  readonly allowed?: readonly string[];
  readonly denied?: readonly string[];
  /** Pods that have left the API moments ago. */
  readonly departed?: readonly ApiObject[];
  /** The fields that are found not in order; none where it is not told. */
  readonly issues?: readonly string[];
}

/**
 * Takes objects of the API the whole way to each node's ruleset, and walks the packets of each
 * connection through it; the oracle is asked too. Both must say what is expected: of the packet
 * that opens the connection, of later ones, and of replies.
 */
export function check(objects: readonly ApiObject[], expected: Expected): void {
  const { allowed = [], denied = [], departed = [], issues = [] } = expected;
  const decoded = decodeObjects(objects, departed);
  assert.deepEqual(decoded.issues.map(({ field }) => field).sort(), [...issues].sort());
  const nodes = Object.keys(nodeAddresses).map((name) => testedNode(name, stateOf(decoded, name)));
  assert.ok(allowed.length + denied.length > 0, "nothing is expected");
  for (const text of allowed) checkFlow(text, { nodes, isAllowed: true });
  for (const text of denied) checkFlow(text, { nodes, isAllowed: false });
}

interface Case {
  readonly nodes: readonly TestedNode[];
  readonly isAllowed: boolean;
}

function checkFlow(text: string, { nodes, isAllowed }: Case): void {
  const journeys = parseFlow(text, nodes);
  assert.ok(journeys.length > 0, `${text}: the ends have no family in common`);
  for (const journey of journeys) {
    const name = `${text}: ${formatJourney(journey)}`;
    for (const node of nodes) {
      const difference = disagreement(node, journey);
      assert.ok(difference === undefined, `${text}: ${difference}`);
    }
    const fates = nodes.flatMap((node) => fatesAt(node, journey));
    assert.ok(fates.length > 0, `${name}: passes no node`);
    const passes = fates.every((fate) => fate.passes);
    assert.equal(
      passes,
      isAllowed,
      `${name}:\n${fates.flatMap(({ trace }) => trace()).join("\n")}`,
    );
    // A pod that has left is known to its own node alone.
    const verdicts = nodes.map(({ state }) => evaluate(state, flowOf(journey)).allowed);
    assert.equal(verdicts.every((allowed) => allowed), isAllowed, `${name}: the oracle`);
  }
}

/** Reads a flow; one journey for each family that both of its ends have. */
function parseFlow(text: string, nodes: readonly TestedNode[]): readonly Journey[] {
  const match = /^(\S+) > (\S+?)(?: ([A-Z]+)|:(\d+)(?:\/([A-Z]+))?)$/.exec(text);
  assert.ok(match !== null, `no flow: "${text}"`);
  const [, from = "", to = "", other, port, protocol = "TCP"] = match;
  const [clients, servers] = [endsOf(from, nodes), endsOf(to, nodes)];
  return clients.flatMap((client) =>
    servers.filter(({ address }) => familyOf(address) === familyOf(client.address))
      .map((server) => ({
        client,
        server,
        protocol: (other ?? protocol).toLowerCase(),
        port: port === undefined ? undefined : Number(port),
      }))
  );
}

/** The addresses of an end, each with the place where packets to it arrive. */
function endsOf(text: string, nodes: readonly TestedNode[]): readonly End[] {
  const isFromWire = text.startsWith("wire:");
  const addresses = addressesOf(isFromWire ? text.slice("wire:".length) : text, nodes);
  return addresses.map((text) => {
    const address = tryParseAddress(text);
    assert.ok(address !== undefined, `no address: ${text}`);
    if (isFromWire) return { address, node: undefined, isHost: false };
    const host = Object.entries(nodeAddresses).find(([, list]) => list.includes(address));
    if (host !== undefined) return { address, node: host[0], isHost: true };
    return { address, node: ownerOf(address, nodes)?.nodeName, isHost: false };
  });
}

function addressesOf(text: string, nodes: readonly TestedNode[]): readonly string[] {
  if (text === "outside") return outside;
  const host = nodeAddresses[text];
  if (host !== undefined) return host;
  if (!text.includes("/")) return [text];
  const state = nodes[0]?.state;
  const pod = state?.pods.get(text as ObjectKey) ?? departedPod(text, nodes);
  assert.ok(pod !== undefined, `no such pod: ${text}`);
  return pod.hostNetwork ? nodeAddresses[pod.nodeName] ?? [] : pod.addresses;
}

function departedPod(key: string, nodes: readonly TestedNode[]): Pod | undefined {
  return nodes.flatMap(({ state }) => [...state.departed.values()])
    .find((pod) => keyOf(pod) === key);
}

type Pod = NonNullable<ReturnType<ClusterState["pods"]["get"]>>;

function ownerOf(address: IpAddress, nodes: readonly TestedNode[]): Pod | undefined {
  return nodes.map(({ state }) => state.owners.get(address) ?? state.departed.get(address))
    .find((pod) => pod !== undefined);
}
