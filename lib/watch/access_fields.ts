// This module is pure.
import { type Fields, isFields } from "../decode/fields.ts";
import { AccessError } from "./access_error.ts";

/**
 * Reads the fields of one object of a kubeconfig. What is there but of another type is an error
 * that tells the type only: values may be secrets.
 */
export class AccessFields {
  readonly #fields: Fields;
  readonly #origin: string;
  readonly #path: string;

  /** `path` is where the object stands, as `users[1].user`; "" for the whole file. */
  constructor(value: unknown, { origin, path }: { origin: string; path: string }) {
    this.#origin = origin;
    this.#path = path;
    if (!isFields(value)) throw this.error("", describe(value), "a mapping");
    this.#fields = value;
  }

  /** A text; undefined where it is absent, null or "". */
  text(name: string): string | undefined {
    const value = this.#fields[name];
    if (value === undefined || value === null || value === "") return undefined;
    if (typeof value === "string") return value;
    throw this.error(name, describe(value), "a string");
  }

  /** A truth value; false where it is absent or null. */
  truth(name: string): boolean {
    const value = this.#fields[name] ?? false;
    if (typeof value === "boolean") return value;
    throw this.error(name, describe(value), "true or false");
  }

  /** Tells whether there is anything but null. */
  has(name: string): boolean {
    return (this.#fields[name] ?? undefined) !== undefined;
  }

  /** The object under a name; an absent one has no fields. */
  object(name: string): AccessFields {
    const value = this.#fields[name] ?? {};
    return new AccessFields(value, { origin: this.#origin, path: this.#fieldPath(name) });
  }

  /** The entry with a name, of a list of `{name, [field]: {…}}`: what it has under `field`. */
  entry(list: string, name: string, field: string): AccessFields {
    const value = this.#fields[list] ?? [];
    if (!Array.isArray(value)) throw this.error(list, describe(value), "a list");
    const index = value.findIndex((item) => isFields(item) && item.name === name);
    if (index < 0) {
      const names = value.flatMap((item) => isFields(item) ? [`"${item.name}"`] : []);
      const found = names.length === 0 ? "no entries" : `entries named ${names.join(", ")}`;
      throw this.error(list, found, `one named "${name}"`);
    }
    const path = `${this.#fieldPath(list)}[${index}]`;
    return new AccessFields(value[index], { origin: this.#origin, path }).object(field);
  }

  /** An error about a field of this object. */
  error(name: string, found: string, expected: string): AccessError {
    return new AccessError({ origin: this.#origin, field: this.#fieldPath(name), found, expected });
  }

  #fieldPath(name: string): string {
    return [this.#path, name].filter((part) => part !== "").join(".");
  }
}

function describe(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : `a ${typeof value}`;
}
