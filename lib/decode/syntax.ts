// This module is pure.

const dnsLabel = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const dnsSubdomain = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`);
const qualifiedName = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;

/** Tells whether a text is a lowercase DNS subdomain (RFC 1123), as objects' names are. */
export function isDnsSubdomain(text: string): boolean {
  return text.length <= 253 && dnsSubdomain.test(text);
}

/** Tells whether a text is a label key: `name` or `prefix/name`, the prefix a DNS subdomain. */
export function isLabelKey(text: string): boolean {
  const slash = text.indexOf("/");
  const name = text.slice(slash + 1);
  if (name.length > 63 || !qualifiedName.test(name)) return false;
  return slash === -1 || isDnsSubdomain(text.slice(0, slash));
}

/** Tells whether a text may be the value of a label; the empty one may. */
export function isLabelValue(text: string): boolean {
  return text === "" || (text.length <= 63 && qualifiedName.test(text));
}

/**
 * Tells whether a text is a port's name (RFC 6335): at most 15 of `a-z`, `0-9` and `-`, at least
 * one letter, no `-` at an edge or beside another (NP-62: so "80" is none).
 */
export function isPortName(text: string): boolean {
  return text.length <= 15 && /[a-z]/.test(text) && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text);
}

/** Tells whether a value is a port's number. */
export function isPortNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535;
}
