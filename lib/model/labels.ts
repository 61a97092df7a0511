// This module is pure.

/**
 * Labels of an object: key -> value. Values may be empty. A record and no map: there are as many
 * as pods, and a map of three takes 184 bytes, a record 48. Ask `labelOf`, as keys may be called
 * `constructor`.
 */
export type Labels = Readonly<Record<string, string>>;

/** The value of a label; undefined where there is none. */
export function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

/** One requirement on an object's labels (metav1.LabelSelectorRequirement). */
export interface Requirement {
  /** As `app` or `example.com/app`. */
  readonly key: string;
  /** NotIn holds also where the key is absent (NP-18). */
  readonly operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  /** Sorted and without duplicates; empty for Exists and DoesNotExist. */
  readonly values: readonly string[];
}

/**
 * A label selector in normal form: all requirements must hold (NP-21), and none at all selects
 * everything. `matchLabels` entries have become In with one value. Sorted and without duplicates,
 * so that selectors which read alike are alike.
 */
export type LabelSelector = readonly Requirement[];

/** Selects everything. */
export const everything: LabelSelector = [];

/** Tells whether labels meet every requirement of a selector (NP-21). */
export function selects(selector: LabelSelector, labels: Labels): boolean {
  return selector.every((requirement) => meets(requirement, labels));
}

function meets({ key, operator, values }: Requirement, labels: Labels): boolean {
  const value = labelOf(labels, key);
  switch (operator) {
    case "In": // NP-17, NP-20: the key must be there, even for the empty value
      return value !== undefined && values.includes(value);
    case "NotIn": // NP-18: an absent key is not in any list
      return value === undefined || !values.includes(value);
    case "Exists": // NP-19: an empty value exists
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
    default:
      return operator satisfies never;
  }
}

/** Prints a selector as `kubectl` takes it: `app=web,tier in (a,b),!old`; "" for everything. */
export function formatSelector(selector: LabelSelector): string {
  return selector.map(formatRequirement).join(",");
}

function formatRequirement({ key, operator, values }: Requirement): string {
  switch (operator) {
    case "In":
      return values.length === 1 ? `${key}=${values[0]}` : `${key} in (${values.join(",")})`;
    case "NotIn":
      return values.length === 1 ? `${key}!=${values[0]}` : `${key} notin (${values.join(",")})`;
    case "Exists":
      return key;
    case "DoesNotExist":
      return `!${key}`;
    default:
      return operator satisfies never;
  }
}
