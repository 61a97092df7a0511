import type { ApiObject } from "./kinds.ts";
import type { StatusOptions } from "./wire.ts";

/** A condition, as far as the server looks into it. */
export interface ConditionObject {
  readonly type: string;
  readonly status?: string;
  readonly reason?: string;
  readonly message?: string;
  readonly observedGeneration?: number;
  readonly lastTransitionTime?: string;
}

/** What somebody applies to a status: the conditions that are theirs, all of them. */
export interface StatusApply {
  readonly manager: string;
  /** Takes conditions from other managers. */
  readonly force: boolean;
  /** The version on which it insists; undefined: any. */
  readonly resourceVersion?: string;
  readonly conditions: readonly ConditionObject[];
}

/** The conditions that one manager has applied, as `managedFields` has them. */
interface ManagedConditions {
  readonly manager: string;
  readonly operation: "Apply";
  readonly subresource: "status";
  /** `k:{"type":"Accepted"}` -> nothing of interest */
  readonly fieldsV1: {
    readonly "f:status": { readonly "f:conditions": Readonly<Record<string, object>> };
  };
}

/**
 * The object with these conditions of this manager, in place of those that they applied before
 * (server-side apply; `conditions` is a map by `type`); or why that cannot be.
 */
export function applyConditions(object: ApiObject, apply: StatusApply): ApiObject | StatusOptions {
  const { resourceVersion } = object.metadata;
  const managedFields = (object.metadata.managedFields ?? []) as readonly ManagedConditions[];
  if (apply.resourceVersion !== undefined && apply.resourceVersion !== resourceVersion) {
    return conflict("the object has been modified");
  }
  const own = new Set(apply.conditions.map(({ type }) => type));
  const others = managedFields.filter(({ manager }) => manager !== apply.manager);
  const contested = others.filter((fields) => typesOf(fields).some((type) => own.has(type)));
  if (contested.length > 0 && !apply.force) {
    return conflict(`Apply failed with conflicts with "${contested[0]?.manager}"`);
  }
  const before = managedFields.find(({ manager }) => manager === apply.manager);
  const given = new Set([...own, ...(before === undefined ? [] : typesOf(before))]);
  const conditions = [
    ...conditionsOf(object).filter(({ type }) => !given.has(type)),
    ...apply.conditions,
  ];
  const kept = others.map((fields) => managed(fields.manager, typesOf(fields), own));
  const metadata = {
    ...object.metadata,
    managedFields: [...kept, managed(apply.manager, [...own], new Set())],
  };
  return { ...object, metadata, status: { conditions } };
}

/** The conditions of an object. */
export function conditionsOf(
  { status }: { readonly status?: unknown },
): readonly ConditionObject[] {
  const { conditions = [] } = (status ?? {}) as {
    readonly conditions?: readonly ConditionObject[];
  };
  return conditions;
}

function typesOf({ fieldsV1 }: ManagedConditions): readonly string[] {
  return Object.keys(fieldsV1["f:status"]["f:conditions"]).map((key) =>
    JSON.parse(key.slice("k:".length)).type
  );
}

function managed(
  manager: string,
  types: readonly string[],
  lost: ReadonlySet<string>,
): ManagedConditions {
  const left = types.filter((type) => !lost.has(type));
  const fields = Object.fromEntries(left.map((type) => [`k:${JSON.stringify({ type })}`, {}]));
  const fieldsV1 = { "f:status": { "f:conditions": fields } };
  return { manager, operation: "Apply", subresource: "status", fieldsV1 };
}

function conflict(message: string): StatusOptions {
  return { code: 409, reason: "Conflict", message };
}
