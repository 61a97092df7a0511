// This module is pure.
import { families, familyOf } from "../model/address.ts";
import { eras, type Newcomer } from "../model/newcomer.ts";
import { bare, type NftSet, type SetType } from "../model/nft_set.ts";
import { nftFamily } from "./addresses.ts";
import { comment } from "./comments.ts";
import { suffixOf } from "./names.ts";

/**
 * The sets by which packets of connections are told that have outlived their pod: the addresses
 * that are new to their pod, those that such packets come to, and connections.
 */
export function newcomerSets(newcomers: readonly Newcomer[]): readonly NftSet[] {
  return [
    tended("outlived", { type: "ct id", keeping: "watched" }),
    ...eras.map((era) => tended(`begun-${era}`, { type: "ct id", keeping: "brief" })),
    ...families.flatMap((family): readonly NftSet[] => {
      const own = newcomers.filter(({ address }) => familyOf(address) === family);
      const type: SetType = `${nftFamily(family)} saddr`;
      return [
        tended(`watched${suffixOf(family)}`, { type, keeping: "watched" }, own),
        ...eras.map((era) => {
          const name = `newcomers${suffixOf(family)}-${era}`;
          return tended(name, { type, keeping: "brief" }, own.filter((one) => one.era === era));
        }),
      ];
    }),
  ];
}

interface Traits {
  readonly type: SetType;
  readonly keeping: "brief" | "watched";
}

function tended(
  name: string,
  { type, keeping }: Traits,
  newcomers: readonly Newcomer[] = [],
): NftSet {
  const elements = newcomers.map(({ address, sandbox }) =>
    [address, { ...bare, comment: comment(sandbox) }] as const
  );
  return { name, typeof: type, keeping, comment: undefined, elements: new Map(elements) };
}
