import { type Fields, isFields } from "../decode/fields.ts";

/** Where an interface of a pod comes out on the host. */
export interface HostEnd {
  /** The interface's name; "" where the result does not tell. */
  readonly hostInterface: string;
  /** The bridge that it is a port of; "": none, as far as the result tells. */
  readonly bridge: string;
}

/**
 * The host's end of the pod's interface, by the result of the plugins before ("ADD Success"). Those
 * without a sandbox are the host's. Who makes a bridge's port tells of the bridge first, and both
 * have an address; whatever else is told of behind the first is of no account here, nor what was
 * added behind the pod's end: `bandwidth` makes an interface with an address, and whoever may
 * annotate pods has it do so.
 */
export function readHostEnd({ interfaces }: Fields): HostEnd {
  const all = (Array.isArray(interfaces) ? interfaces : []).filter(isFields);
  const from = all.findIndex(isOfHost);
  const [first, next] = from < 0 ? [] : all.slice(from);
  const second = next !== undefined && isOfHost(next) ? next : undefined;
  if (first === undefined) return { hostInterface: "", bridge: "" };
  return second !== undefined && hasAddress(first) && hasAddress(second)
    ? { hostInterface: nameOf(second), bridge: nameOf(first) }
    : { hostInterface: nameOf(first), bridge: "" };
}

function isOfHost({ sandbox }: Fields): boolean {
  return sandbox === undefined || sandbox === "";
}

function hasAddress({ mac }: Fields): boolean {
  return typeof mac === "string" && mac !== "";
}

function nameOf({ name }: Fields): string {
  return typeof name === "string" ? name : "";
}
