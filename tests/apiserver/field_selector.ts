import type { ApiObject } from "./kinds.ts";

/** field -> value, of the fields that can be selected by. */
export type Selectable = ReadonlyMap<string, string>;

/** Tells whether an object is selected. */
export type FieldSelector = (fields: Selectable) => boolean;

/** The fields of an object that can be selected by. */
export function selectableFields({ metadata, ...rest }: ApiObject): Selectable {
  const spec = rest.spec as { readonly nodeName?: string } | undefined;
  const status = rest.status as { readonly phase?: string } | undefined;
  return new Map([
    ["metadata.name", metadata.name],
    ["metadata.namespace", metadata.namespace ?? ""],
    ["spec.nodeName", spec?.nodeName ?? ""],
    ["status.phase", status?.phase ?? ""],
  ]);
}

/** Reads `a=b,c!=d`; undefined where it asks for a field that cannot be selected by. */
export function tryParseFieldSelector(text: string): FieldSelector | undefined {
  const terms = text.split(",").filter((term) => term !== "").map((term) => {
    const [, field = "", operator, value = ""] = /^([\w.]+)(!=|==?)(.*)$/.exec(term) ?? [];
    return { field, isWanted: operator !== "!=", value };
  });
  const known = selectableFields({ metadata: { name: "" } });
  if (terms.some(({ field }) => !known.has(field))) return undefined;
  return (fields) =>
    terms.every(({ field, isWanted, value }) => (fields.get(field) === value) === isWanted);
}
