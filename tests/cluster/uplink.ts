import { ipBatch, runTool } from "../lab/tool.ts";
import { API_PORT } from "./api_server.ts";

/** The control plane's addresses in the network that joins it to the lab's fabric. */
export const controlAddresses = ["172.31.0.1", "fd31::1"] as const;

const fabricEnd = ["172.31.0.2", "fd31::2"] as const;
const nodeNetworks = ["172.30.0.0/24", "fd30::/64"] as const;

/**
 * The wire between the tests' own network namespace, in which the control plane runs, and the
 * fabric, by which every node comes to it.
 */
export class Uplink implements AsyncDisposable {
  /** Makes the wire; `fabric` is a network namespace's name. */
  static async create(fabric: string): Promise<Uplink> {
    await demandOwnNetns();
    await ipBatch(undefined, [
      `link add control type veth peer name control netns ${fabric}`,
      "link set control up",
      `addr add ${controlAddresses[0]}/24 dev control`,
      `addr add ${controlAddresses[1]}/64 dev control nodad`,
    ]);
    await ipBatch(fabric, [
      "link set control up",
      `addr add ${fabricEnd[0]}/24 dev control`,
      `addr add ${fabricEnd[1]}/64 dev control nodad`,
    ]);
    await ipBatch(
      undefined,
      nodeNetworks.map((network, index) => `route add ${network} via ${fabricEnd[index]}`),
    );
    return new Uplink();
  }

  /** Breaks every connection that a node has to the API server; there must be one. */
  async dropConnections(): Promise<void> {
    const [ipv4, ipv6] = controlAddresses;
    const filter = `( src ${ipv4} or src [${ipv6}] ) and sport = :${API_PORT}`;
    const dropped = await runTool("ss", ["--kill", "--tcp", "--no-header", filter]);
    if (dropped.trim() === "") throw new Error("Cannot drop connections of nodes: there are none");
  }

  /** Cuts the nodes off from the API server: connections break, and new ones are refused. */
  async cut(): Promise<void> {
    await runTool("nft", ["-f", "-"], {
      input: `table inet cut {
  chain input {
    type filter hook input priority filter; policy accept;
    iifname control tcp dport ${API_PORT} reject with tcp reset
  }
}`,
    });
    await this.dropConnections();
  }

  /** Lets them come again. */
  async mend(): Promise<void> {
    await runTool("nft", ["delete table inet cut"]);
  }

  /** Removes the wire, at once; with the fabric alone it would go some time later. */
  async [Symbol.asyncDispose](): Promise<void> {
    await ipBatch(undefined, ["link del control"]);
  }
}

/** Everything here uses fixed ports and addresses: it must not meet the machine's own. */
async function demandOwnNetns(): Promise<void> {
  const links = await runTool("ip", ["-brief", "link"]);
  const names = links.trim().split("\n").map((line) => line.split(/[\s@]/)[0] ?? "");
  const strange = names.find((name) => name !== "lo");
  if (strange === undefined) return;
  throw new Error(
    `Cannot start a control plane here: the network namespace has ${strange}, expected one of ` +
      "its own, as `deno task test:cluster` makes",
  );
}
