// This module is pure.
import type { ClusterNetworkPolicy } from "../model/cluster_network_policy.ts";
import { conditionTypes, type StandingCondition } from "../model/condition.ts";
import { formatFault, type Issue } from "../model/issue.ts";
import type { ObservedPolicy } from "../model/observed_policy.ts";
import type { Decoded } from "./decode.ts";
import { type Fields, isFields, noFields } from "./fields.ts";

/**
 * The API takes messages of 32,768 characters. But nobody reads so many, and whatever is written to
 * an object is sent to every node.
 */
const longestFaults = 2000;

/** Decodes a policy of a tier by `decode`, and with it what stands in its status. */
export function decodeObservedPolicy(
  value: unknown,
  decode: (value: unknown) => Decoded<ClusterNetworkPolicy>,
): Decoded<ObservedPolicy> {
  const { object: policy, issues } = decode(value);
  if (policy === undefined) return { object: undefined, issues };
  const { name, uid } = policy;
  const { metadata, status } = isFields(value) ? value : noFields;
  const { generation, resourceVersion } = isFields(metadata) ? metadata : noFields;
  const object = {
    ...{ name, uid, policy, faults: formatFaults(issues) },
    generation: Number.isSafeInteger(generation) ? Number(generation) : 0,
    version: textOf(resourceVersion),
    conditions: decodeConditions(isFields(status) ? status.conditions : undefined),
  };
  return { object, issues };
}

/** What others write to a status is theirs; that it is odd is no issue of the policy's author. */
function decodeConditions(value: unknown): readonly StandingCondition[] {
  const conditions: readonly unknown[] = Array.isArray(value) ? value : [];
  return conditionTypes.flatMap((type) => {
    const found = conditions.find((item) => isFields(item) && item.type === type);
    return isFields(found) ? [decodeCondition(type, found)] : [];
  });
}

function decodeCondition(type: StandingCondition["type"], fields: Fields): StandingCondition {
  const { status, reason, message, observedGeneration, lastTransitionTime } = fields;
  return {
    ...{ type, status: textOf(status), reason: textOf(reason), message: textOf(message) },
    observedGeneration: Number.isSafeInteger(observedGeneration) ? Number(observedGeneration) : 0,
    lastTransitionTime: textOf(lastTransitionTime),
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** Whole issues, as many as there is room for. */
function formatFaults(issues: readonly Issue[]): string {
  let text = "";
  for (const [index, issue] of issues.entries()) {
    const next = `${index === 0 ? "" : "; "}${formatFault(issue)}`;
    if (text.length + next.length > longestFaults) {
      return `${text}; and ${issues.length - index} more`;
    }
    text += next;
  }
  return text;
}
