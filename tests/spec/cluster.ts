import type { V1ContainerPort } from "@kubernetes/client-node";
import { type ApiObject, nameOf, namespace, node, pod } from "./objects.ts";

/** Ports that every pod of the cluster declares: two by number each, SCTP once. */
export const ports: readonly V1ContainerPort[] = [
  { name: "serve-80", containerPort: 80 },
  { name: "serve-81", containerPort: 81, protocol: "TCP" },
  { name: "dns", containerPort: 53, protocol: "UDP" },
  { name: "sig", containerPort: 80, protocol: "SCTP" },
];

/** The addresses of the nodes. */
export const nodeAddresses: Readonly<Record<string, readonly string[]>> = {
  n1: ["192.168.0.1", "fd00:168::1"],
  n2: ["192.168.0.2", "fd00:168::2"],
};

/** Somebody outside the cluster. */
export const outside: readonly string[] = ["203.0.113.9", "2001:db8::9"];

/** The addresses of the cluster's pods: namespaces and pods count from 1. */
export function ipsOf(namespace: number, pod: number): readonly string[] {
  return [`10.0.${namespace}.${pod}`, `fd00::${namespace}:${pod}`];
}

/**
 * The cluster of the Kubernetes project's own tests: namespaces x, y, z with pods a, b, c each, of
 * both families, on two nodes: b lives on n2, the others on n1. More objects are added, or replace
 * those of the same kind and name.
 */
export function cluster(...more: readonly ApiObject[]): readonly ApiObject[] {
  const objects = Object.entries(nodeAddresses)
    .map(([name, ips]) => node(name, { labels: { node: name }, ips }));
  for (const [i, ns] of ["x", "y", "z"].entries()) {
    objects.push(namespace(ns, { ns }));
    for (const [j, name] of ["a", "b", "c"].entries()) {
      const node = name === "b" ? "n2" : "n1";
      objects.push(
        pod(`${ns}/${name}`, { labels: { pod: name }, node, ips: ipsOf(i + 1, j + 1), ports }),
      );
    }
  }
  return [...new Map([...objects, ...more].map((object) => [nameOf(object), object])).values()];
}

/** The same without some objects, each named as `Kind namespace/name`. */
export function without(
  objects: readonly ApiObject[],
  ...names: readonly string[]
): readonly ApiObject[] {
  const rest = objects.filter((object) => !names.includes(nameOf(object)));
  if (rest.length !== objects.length - names.length) throw new Error(`not all there: ${names}`);
  return rest;
}
