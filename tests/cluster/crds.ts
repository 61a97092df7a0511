import type { ControlPlane } from "./control_plane.ts";

/** One release of network-policy-api, as a Go module. */
interface Release {
  readonly version: string;
  /** Of the module's files, as `go.sum` has it. */
  readonly sum: string;
}

/** The kinds that network-policy-api defines, and the last release that has each. */
const releases = {
  clusternetworkpolicies: {
    version: "v0.2.0",
    sum: "h1:W/f0Y9VoeQdOWjX/h2gZyLH6gZ5LLEXmh/9wy9mQWKw=",
  },
  adminnetworkpolicies: {
    version: "v0.1.7",
    sum: "h1:obY2FTEidLXVdRYu7gJ4q1RYE57pBnrpMqoE2LZgp4g=",
  },
  baselineadminnetworkpolicies: {
    version: "v0.1.7",
    sum: "h1:obY2FTEidLXVdRYu7gJ4q1RYE57pBnrpMqoE2LZgp4g=",
  },
} as const satisfies Readonly<Record<string, Release>>;

/** The resource of a kind that a CRD defines. */
export type CrdResource = keyof typeof releases;

/** The name of a CRD. */
export function crdName(resource: CrdResource): string {
  return `${resource}.policy.networking.k8s.io`;
}

/** Gets all of them; from then on no network is needed. */
export async function fetchCrds(): Promise<void> {
  const versions = new Set(Object.values(releases).map(({ version }) => version));
  for (const version of versions) await download(moduleOf(version));
}

/** Installs a kind, and waits until it is served. */
export async function installCrd(
  { kubectl }: ControlPlane,
  resource: CrdResource,
  channel: "standard" | "experimental",
): Promise<void> {
  await kubectl.run(["create", "-f", await crdFile(resource, channel)]);
  const wait = ["wait", "--for=condition=Established", "--timeout=30s"];
  await kubectl.run([...wait, `crd/${crdName(resource)}`]);
}

/** The path of a CRD's manifest in one of its channels; Go downloads it once. */
async function crdFile(
  resource: CrdResource,
  channel: "standard" | "experimental",
): Promise<string> {
  const { version, sum } = releases[resource];
  const { Dir: folder, Sum: found } = await download(moduleOf(version));
  if (found !== sum) throw new Error(`Cannot use ${resource}: found ${found}, expected ${sum}`);
  return `${folder}/config/crd/${channel}/policy.networking.k8s.io_${resource}.yaml`;
}

function moduleOf(version: string): string {
  return `sigs.k8s.io/network-policy-api@${version}`;
}

async function download(module: string): Promise<{ readonly Dir: string; readonly Sum: string }> {
  const { success, stdout, stderr } = await runGo(["mod", "download", "-json", module]);
  const decoder = new TextDecoder();
  if (success) return JSON.parse(decoder.decode(stdout));
  const said = decoder.decode(stderr) + decoder.decode(stdout); // its errors are JSON too
  throw new Error(`Cannot download ${module}: ${said.trim()}`);
}

async function runGo(args: readonly string[]): Promise<Deno.CommandOutput> {
  try {
    const folder = Deno.env.get("TMPDIR") ?? "/tmp"; // no module of ours
    return await new Deno.Command("go", { args: [...args], cwd: folder }).output();
  } catch (cause) {
    throw new Error("Cannot get CRDs: they come as Go modules, and there is no Go on the PATH", {
      cause,
    });
  }
}
