// This module is pure.
import type { AddressRange } from "../model/address_range.ts";
import { everything } from "../model/labels.ts";
import type { BlockPeer, Peer, PodPeer } from "../model/network_policy.ts";
import { tryParseCidr } from "./cidr.ts";
import { type Fields, isFields, type Place, readList } from "./fields.ts";
import { internBlock } from "./intern.ts";
import { decodeSelector } from "./selector.ts";

/** Decodes one entry of `from` or `to`; undefined, and reported, where the API refuses it. */
export function decodePeer(entry: unknown, place: Place): Peer | undefined {
  const { field, report } = place;
  if (!isFields(entry)) {
    report.add(field, entry, "an object");
    return undefined;
  }
  const block = entry.ipBlock ?? undefined;
  const selects = (entry.podSelector ?? entry.namespaceSelector ?? undefined) !== undefined;
  if (block !== undefined && !selects) {
    return decodeBlock(block, { field: `${field}.ipBlock`, report });
  }
  if (selects && block === undefined) return decodePods(entry, place);
  report.add(field, entry, "either ipBlock, or podSelector and namespaceSelector (one or both)");
  return undefined;
}

/** An absent selector differs from an empty one (NP-13 to NP-15). */
function decodePods(entry: Fields, { field, report }: Place): PodPeer | undefined {
  const before = report.size;
  const [podSelector, namespaceSelector] = (["podSelector", "namespaceSelector"] as const).map(
    (name) =>
      (entry[name] ?? undefined) === undefined
        ? undefined
        : decodeSelector(entry[name], { field: `${field}.${name}`, report }),
  );
  if (report.size > before) return undefined;
  return { kind: "pods", namespaceSelector, podSelector: podSelector ?? everything };
}

/** A block and what is cut out of it, all of one family (NP-23 to NP-28). */
function decodeBlock(block: unknown, { field, report }: Place): BlockPeer | undefined {
  const before = report.size;
  if (!isFields(block)) {
    report.add(field, block, "an object with cidr");
    return undefined;
  }
  const cidr = decodeCidr(block.cidr, { field: `${field}.cidr`, report });
  if (cidr === undefined) return undefined;
  const exceptions = readList(block.except, { field: `${field}.except`, report });
  const except = exceptions.flatMap((text, i) =>
    decodeException(text, { cidr, field: `${field}.except[${i}]`, report }) ?? []
  );
  return report.size === before ? { kind: "ipBlock", cidr, except } : undefined;
}

function decodeCidr(text: unknown, { field, report }: Place): AddressRange | undefined {
  const range = typeof text === "string" ? tryParseCidr(text) : undefined;
  if (range !== undefined) return internBlock(text as string, range);
  report.add(field, text, "a CIDR block as 10.0.0.0/8 or fd00::/8");
  return undefined;
}

interface ExceptionPlace extends Place {
  readonly cidr: AddressRange;
}

/** An exception lies within the block and is not all of it (NP-62). */
function decodeException(text: unknown, place: ExceptionPlace): AddressRange | undefined {
  const { cidr, field, report } = place;
  const range = decodeCidr(text, place);
  if (range === undefined) return undefined;
  const within = range.family === cidr.family && range.first >= cidr.first &&
    range.last <= cidr.last;
  const whole = range.first === cidr.first && range.last === cidr.last;
  if (within && !whole) return range;
  report.add(field, text, "a block within cidr and smaller than it");
  return undefined;
}
