import { setSysctls } from "../../lab/netns.ts";
import { ipBatch } from "../../lab/tool.ts";
import { FABRIC, plan } from "../../lab/topology.ts";
import type { Scene } from "../semantics/scene.ts";
import { NODE } from "./attack.ts";

/** Has the kernel filter by the way back (0: not, 1: strictly, 2: loosely) on the packets' ways. Linux takes the larger of `all` and the interface's own. */
export async function filterReversePaths(
  { lab: { network } }: Scene,
  value: string,
): Promise<void> {
  const links = [network.linkOf("a/mallory"), network.linkOf("a/alice")];
  const [gateway] = plan.podGateway;
  // What has no address is filtered strictly, whatever is asked for; Debian's `ptp` gives it one.
  await ipBatch(
    network.host(NODE).netns,
    links.map((link) => `addr add ${gateway}/32 dev ${link}`),
  );
  for (const [host, own] of [[NODE, links], [FABRIC, ["nodes", "outside"]]] as const) {
    setSysctls(
      network.host(host).netns,
      ["all", ...own].map((link) => [`net.ipv4.conf.${link}.rp_filter`, value]),
    );
  }
}
