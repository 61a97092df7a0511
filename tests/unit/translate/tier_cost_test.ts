import { ok } from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { renderRuleset } from "../../../lib/render/render.ts";
import { translate } from "../../../lib/translate/translate.ts";
import { type ApiObject, clusterPolicy, namespace, pod } from "../../spec/objects.ts";
import { opening } from "../../walk/journey.ts";
import type { Packet } from "../../walk/packet.ts";
import { type LoadedChain, loadTable, type Table } from "../../walk/table.ts";
import { decodeObjects, stateOf } from "../state.ts";

const addresses = ["10.0.0.1" as IpAddress, "10.0.0.2" as IpAddress];

/** How many rules a packet between two pods is asked that no policy is about. */
function rulesAsked(policies: readonly ApiObject[]): number {
  const pods = addresses.map((address, i) => pod(`shop/pod-${i}`, { ips: [address] }));
  const state = stateOf(decodeObjects([namespace("shop"), ...pods, ...policies]), "n1");
  const table = loadTable(renderRuleset(translate(state, "n1")));
  const [client, server] = addresses.map((address) => ({ address, node: "n1", isHost: false }));
  ok(client !== undefined && server !== undefined);
  const passings = opening({ client, server, protocol: "udp", port: 99 });
  const forwarded = passings.find(({ packet: { hook } }) => hook === "forward");
  ok(forwarded !== undefined);
  return countRules(table, forwarded.packet);
}

function countRules(table: Table, packet: Packet): number {
  let count = 0;
  const walk = ({ rules }: LoadedChain): string => {
    for (const { predicates, verdict: said } of rules) {
      count++;
      if (!predicates.every((predicate) => predicate(packet))) continue;
      const key = said?.kind === "vmap" ? said.key.read(packet) : undefined;
      const verdict = said?.kind !== "vmap" ? said : key && said.map.find(key);
      if (verdict === undefined || verdict === "") continue;
      if (verdict.kind !== "jump" && verdict.kind !== "goto") return verdict.kind;
      const chain = table.chains.get(verdict.chain);
      ok(chain !== undefined);
      const outcome = walk(chain);
      if (verdict.kind === "goto" || outcome !== "return") return outcome;
    }
    return "return";
  };
  const base = [...table.chains.values()].find(({ hook }) => hook?.hook === packet.hook);
  ok(base !== undefined);
  walk(base);
  return count;
}

const actions = ["Accept", "Deny", "Pass"] as const;

const domains = Array.from({ length: 30 }, (_, i) =>
  clusterPolicy(`domain-${i}`, {
    priority: i,
    egress: [{ action: "Accept", to: [{ domainNames: [`a${i}.example.com`] }] }],
  }));

/** Policies that do different things, about pods and networks. */
function others(count: number): readonly ApiObject[] {
  return Array.from({ length: count }, (_, i) => {
    const pods = {
      action: actions[i % 3],
      to: [{ namespaces: { matchLabels: { team: `${i}` } } }],
      protocols: [{ udp: { destinationPort: { range: { start: 20 + i, end: 5000 } } } }],
    };
    const networks = { action: "Deny", to: [{ networks: [`203.0.${i}.0/24`] }] };
    return clusterPolicy(`other-${i}`, { priority: 100 + i, egress: [pods, networks] });
  });
}

Deno.test("CNP-14: domains behind each other stay one look-up, however many other things are said", () => {
  const alone = rulesAsked(domains);
  for (const count of [2, 4, 6]) {
    const [without, both] = [rulesAsked(others(count)), rulesAsked([...domains, ...others(count)])];
    ok(
      both - without < alone,
      `${count} others: ${both} rules are asked, ${without} without domains`,
    );
  }
});
