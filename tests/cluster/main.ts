/**
 * `deno task test:cluster`: finds or builds kube-apiserver and etcd, gets CRDs, then runs the tests of this
 * folder in a network namespace of their own, with a folder of their own for temporary files.
 * Arguments go to `deno test`.
 */
import { fetchCrds } from "./crds.ts";
import { findPrograms } from "./programs.ts";

const root = new URL("../../", import.meta.url).pathname;

async function main(): Promise<number> {
  try {
    if (Deno.uid() !== 0) throw new Error("Cannot run the cluster tests: they need root");
    const programs = await findPrograms(say);
    await fetchCrds(); // the tests themselves have no network
    say(`Tests with ${await versionOf(programs.apiServer)}, ${await versionOf(programs.etcd)}`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(error.message);
    return 1;
  }
  const folder = await Deno.makeTempDir({ prefix: "hedgerow-cluster-" });
  try {
    return await runTests(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function runTests(folder: string): Promise<number> {
  const inside = [Deno.execPath(), "test", "-A", "--frozen", ...Deno.args, "tests/cluster/"];
  const child = new Deno.Command("setpriv", {
    args: [
      ...["--pdeathsig", "TERM", "unshare", "--net"], // they are to end when we are killed
      ...["sh", "-c", 'ip link set lo up && exec "$0" "$@"', ...inside],
    ],
    cwd: root,
    env: { TMPDIR: folder },
  }).spawn();
  // A terminal tells the child too; it ends first, then what is left of it is removed.
  const listeners = (["SIGINT", "SIGTERM"] as const).map((signal) => {
    const forward = (): void => child.kill("SIGTERM");
    Deno.addSignalListener(signal, forward);
    return (): void => Deno.removeSignalListener(signal, forward);
  });
  const { code } = await child.status;
  for (const remove of listeners) remove();
  return code;
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
  return (new TextDecoder().decode(stdout).split("\n")[0] ?? "").replace(" Version:", "");
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) Deno.exit(await main());
