import * as fc from "fast-check";
import { type ApiObject, node } from "../spec/objects.ts";
import { labels } from "./labels.ts";

/** The nodes; pods may also be on none. */
export const nodeNames: readonly string[] = ["n1", "n2", "n3"];

/** Every address that a node has, whatever its object says of it. */
export function addressesOf(name: string): readonly string[] {
  const number = nodeNames.indexOf(name) + 1;
  return [`192.168.0.${number}`, `fd00:168::${number}`, `198.51.100.${100 + number}`];
}

/** A node of the API: with labels, and all, some or none of its addresses. */
export function apiNode(name: string): fc.Arbitrary<ApiObject> {
  const ips = fc.oneof(
    { weight: 4, arbitrary: fc.constant(addressesOf(name)) },
    { weight: 1, arbitrary: fc.subarray([...addressesOf(name)]) },
  );
  return fc.record({ labels, ips }).map((traits) => node(name, traits));
}
