/**
 * `deno task test:cluster`: finds or builds kube-apiserver, etcd and crictl, gets CRDs, then runs
 * the test files of this folder, each in a network namespace of its own, with a folder for temporary
 * files. Arguments go to `deno test`.
 */
import { fetchCrds } from "./crds.ts";
import { findCrictl, findPrograms } from "./programs.ts";

/** How many files run at a time. */
const lanes = 2;

const root = new URL("../../", import.meta.url).pathname;

async function main(): Promise<number> {
  try {
    if (Deno.uid() !== 0) throw new Error("Cannot run the cluster tests: they need root");
    const programs = await findPrograms(say);
    await findCrictl(say);
    await fetchCrds(); // the tests themselves have no network
    const servers = [programs.apiServer, programs.etcd, "containerd"];
    say(`Tests with ${(await Promise.all(servers.map(versionOf))).join(", ")}`);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    say(error.message);
    return 1;
  }
  const folder = await Deno.makeTempDir({ prefix: "hedgerow-cluster-" });
  try {
    return await runAll(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Runs all files, some at a time: most of what they do is wait. Gives the worst exit code. */
async function runAll(folder: string): Promise<number> {
  const signal = untilInterrupted();
  const output = Deno.stdout.writable.getWriter();
  const files = testFiles().values();
  let worst = 0;
  const lane = async (): Promise<void> => {
    for (const file of files) {
      if (signal.aborted) return;
      const { code, stdout } = await runFile(file, folder, signal);
      worst = Math.max(worst, code);
      await output.write(stdout); // all that it printed at once, so that it can be read
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return worst;
}

/** Aborts when we are asked to end. */
function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(name, () => controller.abort());
  }
  return controller.signal;
}

/** The largest first, as they take longest: nobody is to wait for one that began last. */
function testFiles(): readonly string[] {
  return [...Deno.readDirSync(new URL("./", import.meta.url))]
    .filter(({ name }) => name.endsWith("_test.ts"))
    .map(({ name }) => `tests/cluster/${name}`)
    .sort((a, b) => Deno.statSync(`${root}${b}`).size - Deno.statSync(`${root}${a}`).size);
}

/** Runs the tests of a file in a network namespace of their own. */
async function runFile(
  file: string,
  folder: string,
  signal: AbortSignal,
): Promise<Deno.CommandOutput> {
  const inside = [Deno.execPath(), "test", "-A", "--frozen", ...Deno.args, file];
  const command = new Deno.Command("setpriv", {
    args: [
      ...["--pdeathsig", "TERM", "unshare", "--net"], // they are to end when we are killed
      ...["sh", "-c", 'ip link set lo up && exec "$0" "$@" 2>&1', ...inside],
    ],
    cwd: root,
    env: { TMPDIR: folder },
    stdout: "piped",
    signal, // a terminal tells them too; they end first, then what is left of them is removed
  });
  return await command.output();
}

async function versionOf(program: string): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args: ["--version"] }).output();
  return (new TextDecoder().decode(stdout).split("\n")[0] ?? "").replace(" Version:", "");
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

if (import.meta.main) Deno.exit(await main());
