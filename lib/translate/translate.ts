// This module is pure.
import type { ClusterState } from "../model/cluster.ts";
import type { Group } from "../model/group.ts";
import { type Direction, directions } from "../model/network_policy.ts";
import type { IsolatedPod, NodePolicy } from "../model/node_policy.ts";
import { compareText } from "../model/object_key.ts";
import { decide, decisionKey } from "./decision.ts";
import { dnsPaths } from "./dns_paths.ts";
import { groupOf } from "./groups.ts";
import { guardsOf } from "./guards.ts";
import { newcomersOf } from "./newcomers.ts";
import { podRangeOf } from "./pod_range.ts";
import { addressSets, endpointSets, nameSets, noDefinitions } from "./sets.ts";
import { partsOf, tierOf } from "./tiers.ts";
import { tunnelEndsOf } from "./tunnel_ends.ts";
import { type Subject, subjectsOf } from "./subjects.ts";

/**
 * Works out what the pods of a node may send and receive. The plain road: a function of the whole
 * state that reads like the specification.
 */
export function translate(state: ClusterState, nodeName: string): NodePolicy {
  const { owners, dnsResolvers } = state;
  const definitions = noDefinitions();
  const groups = new Map<string, Group>();
  const pods: IsolatedPod[] = [];

  function groupKey(subject: Subject, direction: Direction): string | undefined {
    const decision = decide(subject, direction, state);
    if (decision === undefined) return undefined;
    const key = decisionKey(decision);
    const id = `${direction} ${key}`;
    if (!groups.has(id)) {
      const tiers = partsOf(decision).map((part) => tierOf(part, definitions));
      groups.set(id, groupOf(decision, key, tiers));
    }
    return key;
  }

  for (const subject of subjectsOf(state, nodeName)) {
    const ingress = groupKey(subject, "ingress");
    const egress = groupKey(subject, "egress");
    if (ingress === undefined && egress === undefined) continue;
    const { pod: { namespace, name }, addresses } = subject;
    pods.push({ namespace, name, addresses, ingress, egress });
  }
  const answer = { nodeName, pods, groups: [...groups.values()].sort(compareGroups) };
  return {
    ...answer,
    addressSets: addressSets(definitions, state),
    endpointSets: endpointSets(definitions, state),
    nameSets: nameSets(definitions, state),
    podRange: podRangeOf(state),
    watches: state.hasSandboxes,
    checksSources: state.checksSources,
    newcomers: newcomersOf(state),
    dns: dnsPaths(answer, { owners, dnsResolvers, pods: state.pods.values() }),
    guards: guardsOf(state, pods),
    tunnelEnds: tunnelEndsOf(state),
  };
}

function compareGroups(a: Group, b: Group): number {
  return directions.indexOf(a.direction) - directions.indexOf(b.direction) ||
    compareText(a.key, b.key);
}
