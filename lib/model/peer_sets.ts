// This module is pure.
import type { ByFamily, IpAddress } from "./address.ts";
import type { DomainName } from "./cluster_network_policy.ts";
import type { CurrentItem, FormerItem } from "./named_item.ts";
import type { Pieces } from "./pieces.ts";

/** The addresses of all pods and nodes that selectors select, wherever they are. */
export interface AddressSet {
  /** What defines it, printed: the same selectors, the same key. Never its content. */
  readonly key: string;
  /** Sorted as text. May be empty: then it matches nothing (NP-56). */
  readonly addresses: ByFamily<Pieces<IpAddress>>;
}

/** The (address, port) pairs of all pods that peers match and that declare a named port. */
export interface EndpointSet {
  /** What defines it, printed: the same name, protocol and peers, the same key. */
  readonly key: string;
  /** Sorted as text. May be empty. */
  readonly endpoints: ByFamily<Pieces<Endpoint>>;
}

/**
 * One destination, `10.0.0.7 80`: an address of a pod that declares the port, and what the pod means
 * by its name, 1 to 65535 (NP-34). No address has a space in it, or a mark that comes before it.
 */
export type Endpoint = `${IpAddress} ${number}`;

/** The addresses that DNS names stand for (CNP-14). */
export interface NameSet {
  /** Its names, printed: the same names, the same key. */
  readonly key: string;
  /** As rules write them; sorted, without duplicates. */
  readonly names: readonly DomainName[];
  /** Sorted; each address once, for the name that it stands for longest. */
  readonly current: ByFamily<Pieces<CurrentItem>>;
  /** Addresses that any of the names has stood for: sorted, so that the latest is the last one. */
  readonly former: ByFamily<Pieces<FormerItem>>;
}
