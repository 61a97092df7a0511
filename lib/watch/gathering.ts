// This module is pure.
import { type Fields, isFields } from "../decode/fields.ts";
import type { Issue } from "../model/issue.ts";
import { keyOf, type ObjectKey } from "../model/object_key.ts";
import type { Identified } from "./known.ts";
import { objectName } from "./object_name.ts";
import type { Resource } from "./resources.ts";

/** A list while it comes in: nothing of it counts before it is whole. */
export class Gathering<T extends Identified> {
  readonly #resource: Resource<T>;
  /** key -> object */
  readonly objects: Map<ObjectKey, T> = new Map();
  /** object -> what could not be understood in it */
  readonly issues: Map<string, readonly Issue[]> = new Map();

  /** Begins empty. */
  constructor(resource: Resource<T>) {
    this.#resource = resource;
  }

  /** The object is there. */
  add(value: unknown): void {
    const { object, issues } = this.#resource.decode(value);
    if (object !== undefined) this.objects.set(keyOf(object), object);
    if (issues.length + this.issues.size === 0) return; // nearly always, and names cost
    const name = isFields(value) ? objectName(value) : "";
    if (issues.length > 0) this.issues.set(name, issues);
    else this.issues.delete(name);
  }

  /** The object, which may have been there, is gone. */
  delete(value: Fields): void {
    const { object } = this.#resource.decode(value);
    if (object !== undefined) this.objects.delete(keyOf(object));
    this.issues.delete(objectName(value));
  }
}
