// This module is pure.
import type { LabelSelector, Requirement } from "../model/labels.ts";
import { compareText } from "../model/object_key.ts";
import { hasOnly, isFields, type Place, readFields, readList } from "./fields.ts";
import { intern, internSelector } from "./intern.ts";
import { isLabelKey, isLabelValue } from "./syntax.ts";

const key = "a label key as app or example.com/app";
const value = "a label value: at most 63 of A-Z, a-z, 0-9, -, _ and .";

/**
 * Decodes a metav1.LabelSelector that is there to normal form (NP-17 to NP-21). Undefined, and
 * reported, where it is not one that the API would take (NP-62), or has fields that are not known:
 * early CRDs had some of their own (`sameLabels`), and a selector that is read without such a field
 * selects more than was meant, or everything.
 */
export function decodeSelector(selector: unknown, place: Place): LabelSelector | undefined {
  const before = place.report.size;
  const widest = decodeWidest(selector, place);
  return place.report.size === before ? widest : undefined;
}

/**
 * Decodes what is understood of a label selector: whatever it selects is selected, and perhaps more,
 * as requirements that are not understood, and are reported, rule nothing out.
 */
export function decodeWidest(selector: unknown, place: Place): LabelSelector {
  const { field, report } = place;
  const fields = readFields(selector, place);
  hasOnly(fields, ["matchLabels", "matchExpressions"], place);
  return normalise([
    ...matchLabels(fields.matchLabels, { field: `${field}.matchLabels`, report }),
    ...matchExpressions(fields.matchExpressions, { field: `${field}.matchExpressions`, report }),
  ]);
}

/** `k: v` is `k In [v]`: also for the empty value the key has to be there (NP-20). */
function matchLabels(labels: unknown, place: Place): readonly Requirement[] {
  const { field, report } = place;
  return Object.entries(readFields(labels, place)).flatMap(([name, text]) => {
    if (!isLabelKey(name)) report.add(field, name, key);
    else if (typeof text === "string" && isLabelValue(text)) {
      return [{ key: intern(name), operator: "In" as const, values: [intern(text)] }];
    } else report.add(`${field}[${name}]`, text, value);
    return [];
  });
}

function matchExpressions(expressions: unknown, place: Place): readonly Requirement[] {
  const { field, report } = place;
  return readList(expressions, place).flatMap((expression, i) =>
    requirementOf(expression, { field: `${field}[${i}]`, report }) ?? []
  );
}

function requirementOf(expression: unknown, { field, report }: Place): Requirement | undefined {
  if (!isFields(expression)) {
    report.add(field, expression, "an object");
    return undefined;
  }
  if (!hasOnly(expression, ["key", "operator", "values"], { field, report })) return undefined;
  const { key: name, operator } = expression;
  if (typeof name !== "string" || !isLabelKey(name)) {
    report.add(`${field}.key`, name, key);
    return undefined;
  }
  const values = valuesOf(expression.values, { field: `${field}.values`, report });
  if (values === undefined) return undefined;
  switch (operator) {
    case "In":
    case "NotIn":
      if (values.length > 0) return { key: intern(name), operator, values };
      report.add(`${field}.values`, expression.values, `at least one value for ${operator}`);
      return undefined;
    case "Exists":
    case "DoesNotExist":
      if (values.length === 0) return { key: intern(name), operator, values };
      report.add(`${field}.values`, expression.values, `no value for ${operator}`);
      return undefined;
    default:
      report.add(`${field}.operator`, operator, "In, NotIn, Exists or DoesNotExist");
      return undefined;
  }
}

/** Undefined where any is not understood: without it a requirement would rule out more. */
function valuesOf(values: unknown, place: Place): readonly string[] | undefined {
  const { field, report } = place;
  const before = report.size;
  const texts = readList(values, place).flatMap((text, i) => {
    if (typeof text === "string" && isLabelValue(text)) return [intern(text)];
    report.add(`${field}[${i}]`, text, value);
    return [];
  });
  return report.size === before ? [...new Set(texts)].sort(compareText) : undefined;
}

/** Sorts requirements and drops those that are there twice: selectors that read alike are alike. */
function normalise(requirements: readonly Requirement[]): LabelSelector {
  const byText = new Map(requirements.map((requirement) => [textOf(requirement), requirement]));
  const sorted = [...byText].sort(([a], [b]) => compareText(a, b));
  const text = sorted.map(([text]) => text).join(";");
  return internSelector(text, sorted.map(([, requirement]) => requirement));
}

/** Neither keys nor values hold a space, a comma or a semicolon. */
function textOf({ key, operator, values }: Requirement): string {
  return `${key} ${operator} ${values.join(",")}`;
}
