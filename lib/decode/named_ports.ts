// This module is pure.
import type { NamedPort } from "../model/cluster.ts";
import { compareText } from "../model/object_key.ts";
import { protocols } from "../model/port.ts";
import { type Fields, isFields, type Place, readList } from "./fields.ts";
import { intern, internPorts } from "./intern.ts";
import { decodeProtocol } from "./protocol.ts";
import { isPortName, isPortNumber } from "./syntax.ts";

const noPorts: readonly NamedPort[] = [];

/**
 * The ports that a pod's containers declare by name: those of regular containers, and of init
 * containers that run beside them (`restartPolicy: Always`); plain init containers are gone before
 * anybody serves (NP-38). Sorted, without duplicates.
 */
export function decodeNamedPorts(spec: Fields, report: Place["report"]): readonly NamedPort[] {
  const ports: NamedPort[] = [];
  addContainers(spec.containers, { field: "spec.containers", report, ports });
  addContainers(spec.initContainers, { field: "spec.initContainers", report, ports });
  return ports.length === 0 ? noPorts : internPorts(normalise(ports));
}

interface PortsPlace extends Place {
  readonly ports: NamedPort[];
}

function addContainers(containers: unknown, place: PortsPlace): void {
  const { field, report, ports } = place;
  const init = field === "spec.initContainers";
  readList(containers, place).forEach((container, i) => {
    if (!isFields(container)) return report.add(`${field}[${i}]`, container, "an object");
    if (container.ports === undefined || (init && container.restartPolicy !== "Always")) return;
    addPorts(container.ports, { field: `${field}[${i}].ports`, report, ports });
  });
}

function addPorts(entries: unknown, place: PortsPlace): void {
  const { field, report, ports } = place;
  readList(entries, place).forEach((entry, i) => {
    if (!isFields(entry)) return report.add(`${field}[${i}]`, entry, "an object");
    const { name } = entry;
    if (name === undefined || name === null || name === "") return; // no policy can name it
    addPort(entry, { field: `${field}[${i}]`, report, ports });
  });
}

function addPort({ name, containerPort, protocol }: Fields, place: PortsPlace): void {
  const { field, report, ports } = place;
  if (typeof name !== "string" || !isPortName(name)) {
    return report.add(`${field}.name`, name, "a port's name: at most 15 of a-z, 0-9 and -");
  }
  if (!isPortNumber(containerPort)) {
    return report.add(`${field}.containerPort`, containerPort, "a number from 1 to 65535");
  }
  const decoded = decodeProtocol(protocol, { field: `${field}.protocol`, report }); // NP-36
  if (decoded !== undefined) {
    ports.push({ name: intern(name), protocol: decoded, port: containerPort });
  }
}

function normalise(ports: readonly NamedPort[]): readonly NamedPort[] {
  const sorted = [...ports].sort(comparePorts);
  return sorted.filter((port, i) => i === 0 || comparePorts(port, sorted[i - 1]!) !== 0);
}

function comparePorts(a: NamedPort, b: NamedPort): number {
  return compareText(a.name, b.name) ||
    protocols.indexOf(a.protocol) - protocols.indexOf(b.protocol) || a.port - b.port;
}
