// This module is pure.
import type { IpAddress } from "./address.ts";
import type { DomainName } from "./cluster_network_policy.ts";

/** An address that a DNS name stands for. */
export interface NamedAddress {
  /** As an answer told it. */
  readonly address: IpAddress;
  /** For how long it was told, in s. */
  readonly seconds: number;
  /** When that is over, in ms since the epoch; whole seconds. */
  readonly until: number;
}

/** What is known of a DNS name. */
export interface KnownName {
  /** The addresses that it stands for now, by themselves. */
  readonly current: ReadonlyMap<IpAddress, NamedAddress>;
  /**
   * Addresses that it has stood for -> until when, in ms since the epoch: what was opened to them
   * then lives on (CNP-14).
   */
  readonly former: ReadonlyMap<IpAddress, number>;
}

/** What an earlier agent's table tells of addresses that were used, whichever name it was for. */
export interface UsedAddresses {
  /** The names that a rule meant then; one of them it was for each. */
  readonly names: readonly DomainName[];
  /** Of both families, without duplicates. */
  readonly addresses: readonly IpAddress[];
}

/** Tells whether a rule means a name by what it says: itself, or whole labels before it (CNP-14). */
export function isMeant(name: string, domain: DomainName): boolean {
  return domain.wildcard ? name.endsWith(`.${domain.name}`) : name === domain.name;
}

/** Tells whether names mean whatever others do: those of `a.example.com` and `*.b.example.com`, say. */
export function meansAll(names: readonly DomainName[], others: readonly DomainName[]): boolean {
  return others.map(formatDomainName).every((name) =>
    names.some((domain) => isMeant(name, domain))
  );
}

/** Reads what `formatDomainName` printed. */
export function parseDomainName(text: string): DomainName {
  const wildcard = text.startsWith("*.");
  return { name: wildcard ? text.slice(2) : text, wildcard };
}

/** Prints a name as rules write it: `example.com`, `*.example.com`. */
export function formatDomainName({ name, wildcard }: DomainName): string {
  return wildcard ? `*.${name}` : name;
}
