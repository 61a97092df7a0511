import type { IpAddress } from "../../lib/model/address.ts";
import { type Mac, parseMac } from "./frame.ts";
import { runTool } from "./tool.ts";
import type { Host } from "./topology.ts";

/** The hardware address of one of a host's links. */
export async function hardwareAddress(host: Host, device = "eth0"): Promise<Mac> {
  const listed = await runTool("ip", ["-o", "link", "show", "dev", device], { netns: host.netns });
  const address = /link\/ether ([\da-f:]{17})/.exec(listed)?.[1];
  if (address === undefined) throw new Error(`Cannot find the hardware address of ${host.name}`);
  return parseMac(address);
}

/** The IPv6 link-local address of one of a host's links; of pods and nodes `eth0` leads outward. */
export async function linkLocal(host: Host, device = "eth0"): Promise<IpAddress> {
  const args = ["-6", "-o", "addr", "show", "dev", device, "scope", "link"];
  const listed = await runTool("ip", args, { netns: host.netns });
  const address = /inet6 (fe80::[\da-f:]+)/.exec(listed)?.[1];
  if (address === undefined) throw new Error(`Cannot find the link-local address of ${host.name}`);
  return address as IpAddress;
}
