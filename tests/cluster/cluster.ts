import { Agent } from "../lab/agent.ts";
import { Lab } from "../lab/lab.ts";
import type { Topology } from "../lab/topology.ts";
import { Account } from "./account.ts";
import { ControlPlane, type ControlPlaneOptions, urlAt } from "./control_plane.ts";
import { formatKubeconfig } from "./kubeconfig.ts";
import { createNamespace, createNode, createPod } from "./objects.ts";
import { controlAddresses, Uplink } from "./uplink.ts";

/** The port that everybody answers on, by TCP. */
export const PORT = 80;

/** Pods on two nodes, in two namespaces; each is labelled with its own name as `app`. */
const topology: Topology = {
  nodes: [
    { name: "n1", pods: ["shop/web", "shop/api"] },
    { name: "n2", pods: ["shop/db", "blog/front"] },
  ],
};

interface Parts {
  readonly lab: Lab;
  readonly plane: ControlPlane;
  readonly uplink: Uplink;
  readonly account: Account;
}

/** A lab whose objects a real API server holds; agents are those of the test. */
export class Cluster implements AsyncDisposable {
  readonly lab: Lab;
  readonly plane: ControlPlane;
  /** The way from the nodes to the API server. */
  readonly uplink: Uplink;
  /** Who the agents are. */
  readonly account: Account;
  readonly #stack: AsyncDisposableStack;

  private constructor({ lab, plane, uplink, account }: Parts, stack: AsyncDisposableStack) {
    this.lab = lab;
    this.plane = plane;
    this.uplink = uplink;
    this.account = account;
    this.#stack = stack;
  }

  /** Builds the lab, starts the control plane, creates the objects of what is in the lab. */
  static async create(options: Pick<ControlPlaneOptions, "etcd" | "flags"> = {}): Promise<Cluster> {
    await using stack = new AsyncDisposableStack();
    const lab = stack.use(await Lab.create(topology, [{ protocol: "TCP", port: PORT }]));
    const { folder } = lab.network;
    const uplink = stack.use(await Uplink.create(lab.network.host("fabric").netns));
    const plane = stack.use(
      await ControlPlane.start({ addresses: controlAddresses, folder, ...options }),
    );
    await plane.kubectl.run(["apply", "-f", "deploy/rbac.yaml"]);
    const account = await Account.create(plane.admin, folder);
    await createObjects(lab, plane);
    return new Cluster({ lab, plane, uplink, account }, stack.move());
  }

  /** Starts an agent on a node; one of each pair reaches the API server by IPv4, one by IPv6. */
  async startAgent(node: "n1" | "n2", flags: readonly string[] = []): Promise<Agent> {
    await using stack = new AsyncDisposableStack();
    const agent = stack.use(await this.spawnAgent(node, flags));
    await agent.ready();
    stack.move();
    return agent;
  }

  /** The same without waiting until it is ready. */
  async spawnAgent(node: "n1" | "n2", flags: readonly string[] = []): Promise<Agent> {
    const { folder } = this.lab.network;
    const server = urlAt(controlAddresses[node === "n1" ? 0 : 1]);
    const user = { tokenFile: this.account.tokenFile };
    const kubeconfig = `${folder}/${node}.kubeconfig`;
    const text = formatKubeconfig(server, this.plane.authorityFile, user);
    await Deno.writeTextFile(kubeconfig, text);
    return new Agent({
      node: this.lab.host(node),
      args: ["--kubeconfig", kubeconfig, "--socket", `${folder}/${node}/agent.sock`, ...flags],
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

async function createObjects(lab: Lab, { admin }: ControlPlane): Promise<void> {
  const nodes = lab.hosts.filter(({ kind }) => kind === "node");
  await Promise.all(nodes.map((node) => createNode(admin, node)));
  await Promise.all(["shop", "blog"].map((name) => createNamespace(admin, name)));
  const pods = lab.hosts.filter(({ kind }) => kind === "pod");
  await Promise.all(pods.map(({ name, node = "", addresses }) => {
    const labels = { app: name.slice(name.indexOf("/") + 1) };
    return createPod(admin, { name, node, labels }, addresses);
  }));
}
