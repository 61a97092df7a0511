// This module is pure.
import type { Family } from "../model/address.ts";
import type { CurrentItem } from "../model/named_item.ts";
import type { NameSet } from "../model/peer_sets.ts";
import { KeyList } from "./key_list.ts";
import type { PrintSet } from "./keyed_sets.ts";
import { LazyElements } from "./lazy_elements.ts";
import { elementText, listSet } from "./listing.ts";
import { currentElement, firstFormer, nameNftSets } from "./named_addresses.ts";

/**
 * Prints one family's sets of named addresses, which may be large. What the one of former addresses
 * begins with nobody looks at once it has begun.
 */
export function namePrinter(family: Family): PrintSet<NameSet> {
  const printed = new WeakMap<readonly CurrentItem[], readonly string[]>();

  function print(piece: readonly CurrentItem[]): readonly string[] {
    const texts = printed.get(piece) ?? piece.map((item) => elementText(...currentElement(item)));
    printed.set(piece, texts);
    return texts;
  }

  return (set, before) => {
    const none = { [family]: [] };
    const empty: NameSet = {
      ...set,
      current: { ...set.current, ...none },
      former: { ...set.former, ...none },
    };
    const heads = before?.printed ?? nameNftSets(empty, family).map(listSet);
    const elements = [
      new KeyList(set.current[family].map(print), addressOf),
      new LazyElements(() => new Map(firstFormer(set, family).map((key) => [key, key]))),
    ];
    return heads.map(([name, head], i) => [name, { ...head, elements: elements[i]! }]);
  };
}

function addressOf(element: string): string {
  return element.slice(0, element.indexOf(" "));
}
