// This module is pure.
import type { PolicyPort } from "../model/network_policy.ts";
import type { Protocol } from "../model/port.ts";
import { type Fields, isFields, type Place } from "./fields.ts";
import { intern } from "./intern.ts";
import { decodeProtocol } from "./protocol.ts";
import { isPortName, isPortNumber } from "./syntax.ts";

/** Decodes one entry of a rule's `ports`; undefined, and reported, where the API refuses it. */
export function decodePolicyPort(entry: unknown, place: Place): PolicyPort | undefined {
  const { field, report } = place;
  if (!isFields(entry)) {
    report.add(field, entry, "an object");
    return undefined;
  }
  const protocol = decodeProtocol(entry.protocol, { field: `${field}.protocol`, report });
  if (protocol === undefined) return undefined;
  switch (typeof (entry.port ?? undefined)) {
    case "undefined":
      return portless(entry, { protocol, ...place });
    case "string":
      return named(entry, { protocol, ...place });
    default:
      return numbered(entry, { protocol, ...place });
  }
}

interface PortPlace extends Place {
  readonly protocol: Protocol;
}

/** Without a port, every port of the protocol (NP-30). */
function portless({ endPort }: Fields, place: PortPlace): PolicyPort | undefined {
  return hasNoEnd(endPort, place) ? { kind: "protocol", protocol: place.protocol } : undefined;
}

/** A port's name (NP-33); "80" in quotes is none (NP-62). */
function named({ port, endPort }: Fields, place: PortPlace): PolicyPort | undefined {
  const { field, report, protocol } = place;
  if (typeof port !== "string" || !isPortName(port)) {
    report.add(`${field}.port`, port, "a number from 1 to 65535, or a port's name");
    return undefined;
  }
  return hasNoEnd(endPort, place) ? { kind: "name", protocol, name: intern(port) } : undefined;
}

/** `port`, or `port` to `endPort`, both included (NP-31, NP-32). */
function numbered({ port, endPort }: Fields, place: PortPlace): PolicyPort | undefined {
  const { field, report, protocol } = place;
  if (!isPortNumber(port)) {
    report.add(`${field}.port`, port, "a number from 1 to 65535, or a port's name");
    return undefined;
  }
  const last = endPort ?? port;
  if (isPortNumber(last) && last >= port) {
    return { kind: "range", protocol, range: { first: port, last } };
  }
  report.add(`${field}.endPort`, endPort, `a number from ${port} (port) to 65535`);
  return undefined;
}

function hasNoEnd(endPort: unknown, { field, report }: Place): boolean {
  if (endPort === undefined || endPort === null) return true;
  report.add(`${field}.endPort`, endPort, "no endPort where port is not a number");
  return false;
}
