// This module is pure.
import type { ClusterState } from "../model/cluster.ts";
import { type Direction, directions } from "../model/network_policy.ts";
import type { Group, IsolatedPod, NodePolicy } from "../model/node_policy.ts";
import { compareText } from "../model/object_key.ts";
import { type Decision, decisionKey, groupOf, portsAskedFor } from "./groups.ts";
import { endpointSets, podSets, type SetDefinitions } from "./sets.ts";
import { familiesOf, isolatingPolicies, type Subject, subjectsOf } from "./subjects.ts";

/**
 * Works out what the pods of a node may send and receive. The plain road: a function of the whole
 * state that reads like the specification.
 */
export function translate(state: ClusterState, nodeName: string): NodePolicy {
  const definitions: SetDefinitions = { pods: new Map(), endpoints: new Map() };
  const groups = new Map<string, Group>();
  const pods: IsolatedPod[] = [];

  function groupKey(subject: Subject, direction: Direction): string | undefined {
    const decision = decide(subject, direction, state);
    if (decision === undefined) return undefined;
    const key = decisionKey(decision);
    const id = `${direction} ${key}`;
    if (!groups.has(id)) groups.set(id, groupOf(decision, definitions));
    return key;
  }

  for (const subject of subjectsOf(state, nodeName)) {
    const ingress = groupKey(subject, "ingress");
    const egress = groupKey(subject, "egress");
    if (ingress === undefined && egress === undefined) continue;
    const { pod: { namespace, name }, addresses } = subject;
    pods.push({ namespace, name, addresses, ingress, egress });
  }
  return {
    nodeName,
    pods,
    groups: [...groups.values()].sort(compareGroups),
    podSets: podSets(definitions, state),
    endpointSets: endpointSets(definitions, state),
  };
}

/** What decides a pod in a direction; undefined where nothing isolates it (NP-5, NP-6). */
function decide(
  subject: Subject,
  direction: Direction,
  state: ClusterState,
): Decision | undefined {
  const { pod } = subject;
  const families = familiesOf(subject);
  // Nobody knows what would select a pod that could not be understood: nothing is allowed.
  if (pod.broken) return { direction, policies: [], ports: [], families };
  const policies = isolatingPolicies(pod, direction, state.policies.values());
  if (policies.length === 0) return undefined;
  return { direction, policies, ports: portsAskedFor(pod, direction, policies), families };
}

function compareGroups(a: Group, b: Group): number {
  return directions.indexOf(a.direction) - directions.indexOf(b.direction) ||
    compareText(a.key, b.key);
}
