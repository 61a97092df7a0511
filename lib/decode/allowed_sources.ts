// This module is pure.
import { type AddressRange, mergeRanges } from "../model/address_range.ts";
import { tryParseCidr } from "./cidr.ts";
import { type Fields, isFields, type Place } from "./fields.ts";

/** The annotation in which stands from where a pod that forwards for others may send, too. */
export const allowedSources = "hedgerow.dev/allowed-sources";

/**
 * More would be at everybody's cost: taking 20,000 blocks out of their set keeps the kernel from all
 * other changes of rules for 4.6 s, and whoever may annotate pods could have it do so again and again.
 */
const mostBlocks = 32;

const none: readonly AddressRange[] = [];

/** Reads the annotation of a pod; where it is not in order, or too long, it allows nothing. */
export function decodeAllowedSources(
  { annotations }: Fields,
  report: Place["report"],
): readonly AddressRange[] {
  const value = isFields(annotations) ? annotations[allowedSources] : undefined;
  if (value === undefined) return none;
  const texts = typeof value === "string" ? value.split(",", mostBlocks + 1) : [];
  const blocks = texts.slice(0, mostBlocks).flatMap((text) => tryParseCidr(text.trim()) ?? []);
  if (texts.length > 0 && blocks.length === texts.length) return mergeRanges(blocks);
  const field = `metadata.annotations["${allowedSources}"]`;
  const form = "blocks with commas between them, as 10.8.0.0/16,fd08::/64";
  const found = texts.length > mostBlocks ? `more than ${mostBlocks} blocks` : value;
  report.add(field, found, `at most ${mostBlocks} ${form}`);
  return none;
}
