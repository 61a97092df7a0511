import { buildProgram } from "./go_build.ts";

/** What a control plane is started from: paths of programs. */
export interface Programs {
  readonly apiServer: string;
  /** With this one the API server streams lists. */
  readonly etcd: string;
  /** With this one it refuses to, and lists are to be had by pages only. */
  readonly oldEtcd: string;
}

/**
 * Finds the programs of a control plane: where `KUBEBUILDER_ASSETS` says, on the PATH, in the cache;
 * what is nowhere is built from Go modules, after `announce` was told so.
 */
export async function findPrograms(announce: (line: string) => void): Promise<Programs> {
  const etcds = await Promise.all(
    installed("etcd").map(async (path) => ({
      path,
      isOld: isOldEtcd(await versionOfEtcd(path)),
    })),
  );
  const etcd = etcds.find(({ isOld }) => !isOld)?.path;
  const oldEtcd = etcds.find(({ isOld }) => isOld)?.path;
  return {
    apiServer: installed("kube-apiserver")[0] ?? await buildProgram("kube-apiserver", announce),
    etcd: etcd ?? await buildProgram("etcd", announce),
    oldEtcd: oldEtcd ?? await buildProgram("old-etcd", announce),
  };
}

/** Finds the client of a container runtime, or builds it, likewise. */
export async function findCrictl(announce: (line: string) => void): Promise<string> {
  return installed("crictl")[0] ?? await buildProgram("crictl", announce);
}

/** The paths at which a program is installed, the one that counts first. */
function installed(name: string): readonly string[] {
  const assets = Deno.env.get("KUBEBUILDER_ASSETS");
  const folders = [...(assets ? [assets] : []), ...(Deno.env.get("PATH") ?? "").split(":")];
  return folders.map((folder) => `${folder}/${name}`).filter(isFile);
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return false;
    }
    throw error;
  }
}

async function versionOfEtcd(path: string): Promise<string> {
  const { stdout } = await new Deno.Command(path, { args: ["--version"] }).output();
  const text = new TextDecoder().decode(stdout);
  const version = /etcd Version: (\d+\.\d+\.\d+)/.exec(text)?.[1];
  if (version === undefined) throw new Error(`Cannot read the version of ${path}: ${text}`);
  return version;
}

/** kube-apiserver needs requests for a watch's progress, which came with 3.4.31 and 3.5.13. */
function isOldEtcd(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  if (major !== 3) return major < 3;
  return minor < 4 || (minor === 4 && patch < 31) || (minor === 5 && patch < 13);
}
