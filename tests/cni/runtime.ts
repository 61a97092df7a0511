import { type Reply, respond } from "../../lib/cni/plugin.ts";
import type { Handler } from "../../lib/serve/listen.ts";

/** What a runtime executes the plugin with. */
export interface Execution {
  /** CNI_COMMAND; default ADD. */
  readonly command?: string;
  /** Environment variables besides; undefined takes one of the usual away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Keys of the network configuration besides; undefined takes one of the usual away. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** The whole standard input instead. */
  readonly input?: string;
}

/** The result of a plugin that stands before ours. */
export const prevResult = {
  cniVersion: "1.1.0",
  interfaces: [
    { name: "veth1", mac: "02:00:00:00:00:01" },
    { name: "eth0", mac: "02:00:00:00:00:02", sandbox: "/run/netns/cni-1", mtu: 1500 },
  ],
  ips: [
    { address: "10.1.0.5/24", gateway: "10.1.0.1", interface: 1 },
    { address: "fd00:10:1::5/64", interface: 1 },
  ],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["10.96.0.10"] },
  "of/another": { plugin: [1.5, null, true] },
};

const pod = "IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web-1;" +
  "K8S_POD_INFRA_CONTAINER_ID=c1;K8S_POD_UID=0001";

/** Executes the plugin as libcni does for a kubelet's pod. */
export function execute({ command = "ADD", env = {}, ...given }: Execution = {}): Promise<Reply> {
  const all: Readonly<Record<string, string | undefined>> = {
    CNI_COMMAND: command,
    CNI_CONTAINERID: "c1",
    CNI_NETNS: "/run/netns/cni-1",
    CNI_IFNAME: "eth0",
    CNI_ARGS: pod,
    ...env,
  };
  const config = {
    ...{ cniVersion: "1.1.0", name: "pods", type: "hedgerow-cni", timeout: "200ms" },
    ...{ socket: "/nonexistent/agent.sock", prevResult },
    ...given.config,
  };
  return respond((name) => all[name], () => Promise.resolve(given.input ?? JSON.stringify(config)));
}

/** What a stand-in for the agent was asked. */
export interface Asked {
  readonly path: string;
  readonly body: unknown;
}

/** Runs a body while an agent's stand-in answers at a socket. */
export async function withAgent(
  answer: (asked: Asked) => Response | Promise<Response>,
  body: (socket: string, asked: readonly Asked[]) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  const asked: Asked[] = [];
  const handler: Handler = async (request) => {
    const text = await request.text();
    const one = {
      path: new URL(request.url).pathname,
      body: text === "" ? undefined : JSON.parse(text) as unknown,
    };
    asked.push(one);
    return await answer(one);
  };
  const socket = `${folder}/agent.sock`;
  const server = Deno.serve({ path: socket, onListen: () => {} }, handler);
  try {
    await body(socket, asked);
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}
