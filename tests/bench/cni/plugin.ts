import { pluginArguments } from "../../lab/cni_runtime.ts";
import { monotonicMs } from "../../lab/clock.ts";
import type { Sandbox } from "./sandboxes.ts";

const root = new URL("../../../", import.meta.url).pathname;

/** Executes the plugin for an ADD, as a runtime does; gives the time of its whole run, in ms. */
export function runPlugin(socket: string, sandbox: Sandbox): Promise<number> {
  const { containerID, netns, ifName, podNamespace, podName, podUID, ips } = sandbox;
  const config = {
    ...{ cniVersion: "1.0.0", name: "pods", type: "hedgerow-cni", socket },
    prevResult: {
      cniVersion: "1.0.0",
      interfaces: [{ name: "veth1" }, { name: ifName, sandbox: netns }],
      ips: ips.map((address) => ({ address: `${address}/32`, interface: 1 })),
    },
  };
  return run(pluginArguments(), JSON.stringify(config), {
    ...{ CNI_COMMAND: "ADD", CNI_CONTAINERID: containerID, CNI_NETNS: netns, CNI_IFNAME: ifName },
    CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${podNamespace};K8S_POD_NAME=${podName};` +
      `K8S_POD_INFRA_CONTAINER_ID=${containerID};K8S_POD_UID=${podUID}`,
  });
}

/** The same with a program that does nothing. */
export function runNothing(program: string): Promise<number> {
  return run(["run", "--no-prompt", "--frozen", program], "", {});
}

async function run(
  args: readonly string[],
  input: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const startedAt = monotonicMs();
  const child = new Deno.Command(Deno.execPath(), {
    ...{ args: [...args], cwd: root, env, stdin: "piped", stdout: "piped", stderr: "piped" },
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  const ms = monotonicMs() - startedAt;
  if (success) return ms;
  const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
  throw new Error(`Cannot run ${args.join(" ")}: ${said}`);
}
