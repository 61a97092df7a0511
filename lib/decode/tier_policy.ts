// This module is pure.
import type {
  ClusterNetworkPolicy,
  Tier,
  TierPods,
  TierRule,
} from "../model/cluster_network_policy.ts";
import { closedTierPolicy, denyEverything } from "../model/denial.ts";
import type { Direction } from "../model/network_policy.ts";
import type { Decoded } from "./decode.ts";
import { type Fields, hasOnly, isFields, noFields, type Place } from "./fields.ts";
import { decodeIdentity } from "./metadata.ts";
import type { Report } from "./report.ts";
import type { TierForm } from "./tier_form.ts";
import { decodeWidestPods, everyPod, podsFields } from "./tier_pods.ts";
import { decodeTierRule } from "./tier_rule.ts";
import { readMember } from "./tier_union.ts";

/**
 * Decodes a policy of a tier, of whichever kind. What is not understood within a rule fails closed
 * there (CNP-22). What is not understood about the whole (its place among the policies, its
 * subject) makes it broken: it denies everything to whoever may be its subject, in the directions
 * that it names.
 */
export function decodeTierPolicy(value: unknown, form: TierForm): Decoded<ClusterNetworkPolicy> {
  const identity = decodeIdentity(value, { kind: form.kind, namespaced: false });
  const { report } = identity;
  if (identity.name === undefined) return { object: undefined, issues: report.issues };
  const { name, uid } = identity;
  const misnamed = form.onlyName !== undefined && name !== form.onlyName;
  if (misnamed) report.add("metadata.name", name, `the name ${form.onlyName}`);
  const spec = isFields(value) ? value.spec : undefined;
  const meaning = decodeSpec(spec, { form, report, misnamed });
  return { object: { name, uid, kind: form.kind, ...meaning }, issues: report.issues };
}

type Meaning = Omit<ClusterNetworkPolicy, "name" | "uid" | "kind">;

interface SpecPlace {
  readonly form: TierForm;
  readonly report: Report;
  /** True where no such object can be: it is broken whatever it says. */
  readonly misnamed: boolean;
}

/**
 * A field of `spec` that is not known is told, and the others keep their meaning: it stands beside
 * the rules and not within one, and to deny everything at its sight would be worse than it can be.
 */
function decodeSpec(value: unknown, { form, report, misnamed }: SpecPlace): Meaning {
  const spec = value ?? noFields;
  if (!isFields(spec)) {
    report.add("spec", spec, "an object");
    const closed = { ingress: [denyEverything], egress: [denyEverything], broken: true };
    return { ...standing(undefined, undefined, form), subject: everyPod, ...closed };
  }
  hasOnly(spec, form.specFields, { field: "spec", report });
  const tier = form.tier ?? decodeTier(spec.tier, { field: "spec.tier", report });
  const priority = form.priority ??
    decodePriority(spec.priority, { field: "spec.priority", report });
  const before = report.size;
  const subject = decodeSubject(spec.subject, { field: "spec.subject", report, form });
  const isSubjectKnown = report.size === before;
  const ingress = decodeRules(spec, { field: "spec.ingress", report, form, direction: "ingress" });
  const egress = decodeRules(spec, { field: "spec.egress", report, form, direction: "egress" });
  const broken = misnamed || !isSubjectKnown ||
    [tier, priority, ingress, egress].some((part) => part === undefined);
  const meaning = {
    ...standing(tier, priority, form),
    subject,
    ingress: ingress ?? [denyEverything],
    egress: egress ?? [denyEverything],
    broken,
  };
  return broken ? closedTierPolicy(meaning) : meaning;
}

/**
 * Where a policy stands that may not have said so understandably: in its tier, if that is known,
 * otherwise in the first; first in there unless both are known. All that it could have closed is
 * decided behind that place.
 */
function standing(
  tier: Tier | undefined,
  priority: number | undefined,
  form: TierForm,
): Pick<ClusterNetworkPolicy, "tier" | "priority"> {
  if (tier !== undefined && priority !== undefined) return { tier, priority };
  return { tier: tier ?? form.tier ?? "Admin", priority: 0 };
}

function decodeTier(value: unknown, { field, report }: Place): Tier | undefined {
  if (value === "Admin" || value === "Baseline") return value;
  report.add(field, value, "Admin or Baseline");
  return undefined;
}

/** CNP-2: it is required in both tiers. */
function decodePriority(value: unknown, { field, report }: Place): number | undefined {
  if (Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 1000) return Number(value);
  report.add(field, value, "a number from 0 to 1000");
  return undefined;
}

interface FormPlace extends Place {
  readonly form: TierForm;
}

/**
 * CNP-9: exactly one of `namespaces` and `pods`. Of a subject that is not understood whole, and is
 * reported, what is understood still rules pods out: others must not suffer from it.
 */
function decodeSubject(value: unknown, { field, report, form }: FormPlace): TierPods {
  const member = readMember(value, podsFields, { field, report });
  if (member === undefined) return everyPod;
  const { namespacesOptional } = form;
  return decodeWidestPods(member, { field: `${field}.${member.name}`, report, namespacesOptional });
}

interface RulesPlace extends FormPlace {
  readonly direction: Direction;
}

/** The rules of a direction in their order (CNP-3); undefined, and reported, if they are no list. */
function decodeRules(spec: Fields, place: RulesPlace): readonly TierRule[] | undefined {
  const { field, report, direction } = place;
  const rules = spec[direction] ?? [];
  if (Array.isArray(rules)) {
    return Array.from(
      rules,
      (rule, i) => decodeTierRule(rule, { ...place, field: `${field}[${i}]` }),
    );
  }
  report.add(field, rules, "a list");
  return undefined;
}
