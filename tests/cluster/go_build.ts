/** What can be built, and from what. */
type Buildable = "kube-apiserver" | "etcd" | "old-etcd" | "crictl";

interface Recipe {
  /** The folder of the Go module that pins what it is built from, and its dependencies. */
  readonly module: string;
  /** Upstream's own main package. */
  readonly main: string;
  /** How long it takes, for who waits. */
  readonly takes: string;
}

const recipes: Readonly<Record<Buildable, Recipe>> = {
  "kube-apiserver": {
    module: "servers",
    main: "k8s.io/kubernetes/cmd/kube-apiserver",
    takes: "4 to 5 minutes on 2 cores",
  },
  etcd: { module: "servers", main: "go.etcd.io/etcd/server/v3", takes: "half a minute" },
  "old-etcd": { module: "old_etcd", main: "go.etcd.io/etcd/server/v3", takes: "half a minute" },
  crictl: {
    module: "cri_tools",
    main: "sigs.k8s.io/cri-tools/cmd/crictl",
    takes: "2 minutes on 2 cores",
  },
};

/**
 * The path of a program in the cache, where it is built when it is not there yet. Other versions
 * are other folders: the name holds the hash of the module's `go.sum`.
 */
export async function buildProgram(
  name: Buildable,
  announce: (line: string) => void,
): Promise<string> {
  const { module, main, takes } = recipes[name];
  const source = new URL(`./${module}/`, import.meta.url).pathname;
  const folder = `${cacheFolder()}/${module}-${await hashOf(`${source}go.sum`)}`;
  const path = `${folder}/${name}`;
  if (await exists(path)) return path;
  await demandGo(name);
  announce(`Building ${name} from Go modules, once: ${takes}`);
  await Deno.mkdir(folder, { recursive: true });
  const unfinished = `${path}.${Deno.pid}`; // renamed when whole: others may build at the same time
  await runGo(["build", "-C", source, "-o", unfinished, ...await flags(source), main]);
  await Deno.rename(unfinished, path);
  return path;
}

function cacheFolder(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/root"}/.cache`;
  return `${home}/hedgerow`;
}

/** Upstream's release builds set the version by the linker too. */
async function flags(source: string): Promise<readonly string[]> {
  const version = /k8s\.io\/kubernetes (v\S+)/.exec(await Deno.readTextFile(`${source}go.mod`))
    ?.[1];
  const stamp = version ? ` -X k8s.io/component-base/version.gitVersion=${version}` : "";
  return ["-trimpath", "-buildvcs=false", "-ldflags", `-s -w${stamp}`];
}

async function demandGo(name: Buildable): Promise<void> {
  try {
    await new Deno.Command("go", { args: ["version"], stdout: "null" }).output();
  } catch (cause) {
    const old = name === "old-etcd" ? "an etcd older than 3.5.13" : name;
    throw new Error(
      `Cannot find ${old}: it is neither in KUBEBUILDER_ASSETS nor on the PATH, ` +
        "and there is no Go to build it with",
      { cause },
    );
  }
}

async function runGo(args: readonly string[]): Promise<void> {
  const child = new Deno.Command("go", { args: [...args], stdout: "null", stderr: "piped" });
  const { success, stderr } = await child.output();
  if (success) return;
  const last = new TextDecoder().decode(stderr).trim().split("\n").slice(-5).join("\n");
  throw new Error(`Cannot build ${args.at(-1)}: ${last}`);
}

async function hashOf(path: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await Deno.readFile(path));
  return new Uint8Array(digest).toHex().slice(0, 12);
}

async function exists(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
