import { deepEqual, match } from "node:assert/strict";
import { inNetns } from "../../lab/netns.ts";
import { Network } from "../../lab/network.ts";
import { nft, runTool } from "../../lab/tool.ts";

const root = new URL("../../../", import.meta.url).pathname;

/** Runs a command of the program on a host whose CNI folders are in the network's folder. */
async function hedgerow(network: Network, command: string): Promise<string> {
  const { bin, conf } = { bin: `${network.folder}/bin`, conf: `${network.folder}/conf` };
  const folders = ["--cni-bin-dir", bin, "--cni-conf-dir", conf];
  const socket = ["--socket", `${network.folder}/agent.sock`];
  const prepared = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", command, ...folders, ...socket],
    cwd: root,
    stdout: "piped",
    stderr: "inherit",
  });
  const { stdout } = await inNetns(network.host("outside").netns, () => prepared.spawn()).output();
  return new TextDecoder().decode(stdout);
}

Deno.test("uninstall takes away what install and the agent made, and nothing else", async () => {
  await using network = await Network.create({ nodes: [] });
  const { netns } = network.host("outside");
  const conf = `${network.folder}/conf`;
  for (const folder of ["bin", "conf"]) Deno.mkdirSync(`${network.folder}/${folder}`);
  const files = {
    "10-single.conf": `{"cniVersion":"0.3.1","name":"pods","type":"ptp"}`,
    "20-list.conflist": `{"cniVersion":"1.0.0","name":"b","plugins":[ {"type":"ptp"} ]}`,
  };
  for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(`${conf}/${name}`, text);
  await hedgerow(network, "install");
  const own = ["inet hedgerow", "bridge hedgerow", "ip hedgerow-dns", "ip6 hedgerow-dns"];
  await nft(netns, [...own, "inet another"].map((table) => `add table ${table}\n`).join(""));
  const told = await hedgerow(network, "uninstall");
  match(told, /put .*10-single.conf back.*\nremoved .*hedgerow-cni\nremoved table inet hedgerow\n/);
  const left = [...Deno.readDirSync(conf)].map(({ name }) => name).sort();
  deepEqual(
    left.map((name) => [name, Deno.readTextFileSync(`${conf}/${name}`)]),
    Object.entries(files),
  );
  deepEqual([...Deno.readDirSync(`${network.folder}/bin`)], []);
  deepEqual(await runTool("nft", ["list", "tables"], { netns }), "table inet another\n");
  match(await hedgerow(network, "uninstall"), /^there was nothing to be taken away\n$/);
});
