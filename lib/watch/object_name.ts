// This module is pure.
import { type Fields, isFields } from "../decode/fields.ts";

/** Tells objects of one kind apart, also those that no record can stand for. */
export function objectName({ metadata }: Fields): string {
  return isFields(metadata) ? JSON.stringify([metadata.namespace, metadata.name]) : "";
}
