// This module is pure.
import type { IpAddress } from "./address.ts";
import type { Era } from "./newcomer.ts";

/** What an agent knows of addresses by the CNI plugin's word alone, and leaves to the next one. */
export interface Heritage {
  /** address -> the era of who had it of late. */
  readonly eras: ReadonlyMap<IpAddress, Era>;
  /** The addresses that pods have no more, while the API shows them. */
  readonly ended: readonly EndedClaims[];
}

/** The addresses of a pod whose sandboxes have ended: it has them no more, whatever the API says. */
export interface EndedClaims {
  /** The pod's namespace. */
  readonly namespace: string;
  /** Its `metadata.name`. */
  readonly name: string;
  /** Its `metadata.uid`; "" where nobody tells. */
  readonly uid: string;
  /** At least one. */
  readonly addresses: readonly IpAddress[];
}

/** What has ended, but for what a pod is to have again with the next agent. */
export function endedBut(
  ended: readonly EndedClaims[],
  { namespace, name, uid, addresses: kept }: EndedClaims,
): readonly EndedClaims[] {
  return ended.flatMap((claims) => {
    if (claims.namespace !== namespace || claims.name !== name || claims.uid !== uid) return claims;
    const addresses = claims.addresses.filter((address) => !kept.includes(address));
    return addresses.length === 0 ? [] : { ...claims, addresses };
  });
}
