import { equal, ok } from "node:assert/strict";
import { until } from "../lab/clock.ts";
import type { Network } from "../lab/network.ts";
import { runTool } from "../lab/tool.ts";

for (const end of ["SIGTERM", "SIGKILL", "an exception"] as const) {
  Deno.test(`nothing is left of a containerd whose process ends by ${end}`, async () => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", childScript()],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    const { value = "" } = await reader.read();
    const network = JSON.parse(value) as Network;
    const before = await remains(network);
    for (const kind of ["/run/netns/", "/sys/fs/cgroup/", "containerd-shim"]) {
      ok(before.includes(kind), `no ${kind} in ${before}`);
    }
    if (end !== "an exception") child.kill(end);
    await child.stdin.close();
    await reader.cancel();
    equal((await child.status).success, false);
    const isGone = async (): Promise<boolean> => await remains(network) === "";
    await until(`all of ${network.prefix} is gone`, isGone, { timeoutMs: 20_000 });
  });
}

/**
 * A network's namespaces, cgroups, folder and processes, in lines. The shell is asked by its input, as
 * what stands in its arguments would be found.
 */
async function remains({ prefix, folder }: Network): Promise<string> {
  const paths = [
    `/run/netns/${prefix}*`,
    `/sys/fs/cgroup/${prefix}*`,
    `/sys/fs/cgroup/*/${prefix}*`,
  ];
  const find = `ls -d ${paths.join(" ")} ${folder} 2>/dev/null`;
  return await runTool("sh", [], { input: `${find}; pgrep --full --list-full ${folder}; :` });
}

/** Throws when it is told to, by the end of its input. */
function childScript(): string {
  const load = (module: string): string => `await import("${new URL(module, import.meta.url)}")`;
  return `
    const { Network } = ${load("../lab/network.ts")};
    const { podObject } = ${load("../lab/objects.ts")};
    const { CniFolders } = ${load("./cni_folders.ts")};
    const { Containerd } = ${load("./containerd.ts")};
    const network = await Network.create({ nodes: [{ name: "n1", pods: [] }] });
    const { prefix, folder } = network;
    const ranges = [[{ subnet: "10.244.1.0/24" }]];
    const ipam = { type: "host-local", dataDir: folder + "/host-local", ranges };
    const folders = new CniFolders(folder, { type: "ptp", ipam });
    const containerd = await Containerd.start(network, network.host("n1"), folders);
    await containerd.run(podObject({ name: "a/1", node: "n1" }, []));
    await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ prefix, folder })));
    await Deno.stdin.read(new Uint8Array(1));
    throw new Error("as it may happen");`;
}
