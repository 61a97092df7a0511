// This module is pure.
import type { DomainName } from "../model/cluster_network_policy.ts";
import type { Place } from "./fields.ts";

const label = /^[A-Za-z0-9_](?:[-A-Za-z0-9_]*[A-Za-z0-9_])?$/;
const longestLabel = 63;
const longestName = 253;

/**
 * Decodes the `domainNames` of an Accept rule (CNP-14), each once. What is no DNS name is reported
 * and left out: it matches nothing, and the others stand for themselves. Undefined, and reported,
 * where there is no name at all.
 */
export function decodeDomainNames(
  value: unknown,
  { field, report }: Place,
): readonly DomainName[] | undefined {
  if (!Array.isArray(value) || value.length === 0) {
    report.add(field, value, "a list of at least one DNS name");
    return undefined;
  }
  const names = new Map<string, DomainName>();
  value.forEach((text, i) => {
    const domain = typeof text === "string" ? tryParseDomainName(text) : undefined;
    if (domain === undefined) {
      return report.add(`${field}[${i}]`, text, "a DNS name as example.com or *.example.com");
    }
    names.set(`${domain.wildcard} ${domain.name}`, domain);
  });
  return [...names.values()];
}

/**
 * Reads a DNS name as rules write it: at least two labels, as the CRD wants it, in any case, with
 * or without the dot at the end, `*.` before it for a wildcard and nowhere else. The underscore is
 * there in practice (`_sip._tcp.example.com`). A name that ends in a number would be an address.
 */
export function tryParseDomainName(text: string): DomainName | undefined {
  const wildcard = text.startsWith("*.");
  const name = text.slice(wildcard ? 2 : 0).replace(/\.$/, "");
  if (name.length > longestName) return undefined;
  const labels = name.split(".");
  if (labels.length < 2 || !labels.every(isLabel) || /^\d+$/.test(labels.at(-1) ?? "")) {
    return undefined;
  }
  return { name: name.toLowerCase(), wildcard };
}

function isLabel(text: string): boolean {
  return text.length <= longestLabel && label.test(text);
}
