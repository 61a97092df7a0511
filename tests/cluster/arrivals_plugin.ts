/**
 * A CNI plugin for the end of a chain: from its ADD on the kernel counts, in the pod's own network
 * namespace, what TCP brings. That is the last moment before a runtime starts processes there.
 */
const rules = `
table inet arrivals {
  counter arrived { }
  chain eth0 {
    type filter hook prerouting priority raw
    iifname eth0 meta l4proto tcp counter name arrived
  }
}
`;

/** How a pod's counter is printed, in its network namespace. */
export const listCounter = ["nft", "list", "counter", "inet", "arrivals", "arrived"] as const;

/** Counts, and passes on what the plugins before have made. */
async function add(): Promise<void> {
  const { prevResult } = await new Response(Deno.stdin.readable).json();
  const nft = new Deno.Command("nsenter", {
    args: [`--net=${Deno.env.get("CNI_NETNS")}`, "nft", rules],
  });
  const { success, stderr } = await nft.output();
  if (!success) throw new Error(`Cannot count arrivals: ${new TextDecoder().decode(stderr)}`);
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(prevResult)));
}

if (import.meta.main && Deno.env.get("CNI_COMMAND") === "ADD") await add();
