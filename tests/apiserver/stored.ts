import type { ApiObject } from "./kinds.ts";
import { type Selectable, selectableFields } from "./field_selector.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** One version of one object: its JSON in bytes, as 150,000 of them have to fit. */
export class Stored {
  readonly key: string;
  readonly namespace: string;
  readonly uid: string;
  readonly version: number;
  /** `metadata.creationTimestamp`. */
  readonly createdAt: string;
  readonly json: Uint8Array;
  /** What field selectors may look at. */
  readonly fields: Selectable;

  constructor(key: string, value: ApiObject, version: number) {
    this.key = key;
    this.namespace = value.metadata.namespace ?? "";
    this.uid = value.metadata.uid ?? "";
    this.version = version;
    this.createdAt = value.metadata.creationTimestamp ?? "";
    this.fields = selectableFields(value);
    this.json = encoder.encode(JSON.stringify(value));
  }

  /** The object. */
  get value(): ApiObject {
    return JSON.parse(decoder.decode(this.json));
  }

  /** The same object, said to be of another version: what is told when it is gone. */
  at(version: number): Stored {
    const value = this.value;
    const metadata = { ...value.metadata, resourceVersion: `${version}` };
    return new Stored(this.key, { ...value, metadata }, version);
  }
}
