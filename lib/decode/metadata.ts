// This module is pure.
import type { Labels } from "../model/labels.ts";
import { type Fields, isFields, type Place, readFields, readString } from "./fields.ts";
import { internLabels } from "./intern.ts";
import { Report } from "./report.ts";
import { isDnsSubdomain } from "./syntax.ts";

/** What an object is called. */
export interface Identity {
  /** "" for cluster-scoped kinds. */
  readonly namespace: string;
  /** `metadata.name`. */
  readonly name: string;
  /** `metadata.uid`; "" where there is none. */
  readonly uid: string;
  /** All of `metadata`. */
  readonly metadata: Fields;
  /** Where everything else about the object is reported. */
  readonly report: Report;
}

/** A kind of the API, as far as naming its objects goes. */
export interface Kind {
  /** As the API spells it. */
  readonly kind: string;
  /** True where objects are in namespaces. */
  readonly namespaced: boolean;
}

/** Why no record can stand for an object. */
export interface Nameless {
  /** It has none. */
  readonly name: undefined;
  /** Where that is reported. */
  readonly report: Report;
}

/**
 * Reads what an object is called. A name that no object of the API could have is reported, and
 * taken all the same where it cannot be mistaken for anything else in keys and comments.
 */
export function decodeIdentity(value: unknown, { kind, namespaced }: Kind): Identity | Nameless {
  const metadata = isFields(value) && isFields(value.metadata) ? value.metadata : undefined;
  const { name, namespace } = metadata ?? {};
  const owner = namespaced && typeof namespace === "string" ? namespace : "";
  const prefix = owner === "" ? "" : `${owner}/`;
  const report = new Report(typeof name === "string" ? `${kind} ${prefix}${name}` : kind);
  if (metadata === undefined) {
    const whole = !isFields(value);
    report.add(whole ? "" : "metadata", whole ? value : value.metadata, "an object");
    return { name: undefined, report };
  }
  const named = isName(name, { field: "metadata.name", report });
  const placed = !namespaced || isName(namespace, { field: "metadata.namespace", report });
  if (!named || !placed) return { name: undefined, report };
  const uid = readString(metadata.uid, { field: "metadata.uid", report });
  return { namespace: owner, name: name as string, uid, metadata, report };
}

/** Reads the labels of an object; what is no text is reported and left out. */
export function decodeLabels(value: unknown, { field, report }: Place): Labels {
  const fields = readFields(value, { field, report });
  if (areLabels(fields)) return internLabels(fields);
  const entries: [string, string][] = [];
  for (const [key, text] of Object.entries(fields)) {
    if (typeof text === "string") entries.push([key, text]);
    else report.add(`${field}[${key}]`, text, "a string");
  }
  return internLabels(Object.fromEntries(entries));
}

function areLabels(fields: Fields): fields is Labels {
  for (const key in fields) if (typeof fields[key] !== "string") return false;
  return true;
}

/** Reads an RFC 3339 time, in ms since the epoch; 0 where there is none. */
export function decodeTime(value: unknown, { field, report }: Place): number {
  if (value === undefined || value === null) return 0;
  const time = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value)
    ? Date.parse(value)
    : NaN;
  if (!Number.isNaN(time)) return time;
  report.add(field, value, "a time as 2006-01-02T15:04:05Z");
  return 0;
}

function isName(value: unknown, { field, report }: Place): value is string {
  if (typeof value === "string" && isDnsSubdomain(value)) return true;
  report.add(field, value, "a name of a-z, 0-9, - and .");
  return typeof value === "string" && /^[\w.:-]{1,253}$/.test(value);
}
