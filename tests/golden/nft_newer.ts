import { join } from "node:path";
import type { NftCommand } from "./load.ts";

/** The nft of Debian 13 (1.1.x), or why it cannot be had. */
export type NewerNft = { readonly command: NftCommand } | { readonly missing: string };

/** nft and the libraries that it is linked with, the C library among them. */
const packages = [
  "nftables",
  "libnftables1",
  "libnftnl11",
  "libmnl0",
  "libjansson4",
  "libxtables12",
  "libc6",
  "libedit2",
  "libbsd0",
  "libmd0",
  "libtinfo6",
  "libgmp10",
];

/** A source list for Debian 13, from an archive of Debian. */
function sourcesFrom(archive: string): string {
  return `Types: deb
URIs: ${archive}
Suites: trixie
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;
}

const directory: Readonly<Record<typeof Deno.build.arch, string>> = {
  x86_64: "x86_64-linux-gnu",
  aarch64: "aarch64-linux-gnu",
};

/**
 * Fetches Debian 13's nft once, into a folder of the user's cache, and yields how to run it with
 * its own libraries, whatever those of this system are.
 */
export async function newerNft(): Promise<NewerNft> {
  const root = join(cacheFolder(), "nft-trixie");
  if (!exists(join(root, "usr/sbin/nft"))) {
    try {
      await fetchInto(root);
    } catch (error) {
      return { missing: error instanceof Error ? error.message : String(error) };
    }
  }
  const libraries = join(root, "usr/lib", directory[Deno.build.arch]);
  const loader = [...Deno.readDirSync(libraries)].find(({ name }) => /^ld-linux.*\.so/.test(name));
  if (loader === undefined) return { missing: `there is no ld-linux in ${libraries}` };
  const command = [join(libraries, loader.name), "--library-path", libraries] as const;
  return { command: [...command, join(root, "usr/sbin/nft")] };
}

function cacheFolder(): string {
  const home = Deno.env.get("XDG_CACHE_HOME") ?? join(Deno.env.get("HOME") ?? "/root", ".cache");
  return join(home, "hedgerow");
}

/** All or nothing: the folder gets its name when it is whole. */
async function fetchInto(root: string): Promise<void> {
  Deno.mkdirSync(cacheFolder(), { recursive: true });
  const work = Deno.makeTempDirSync({ dir: cacheFolder(), prefix: "nft-trixie-" });
  try {
    for (const folder of ["state/lists/partial", "cache/archives/partial", "debs", "root"]) {
      Deno.mkdirSync(join(work, folder), { recursive: true });
    }
    Deno.writeTextFileSync(join(work, "trixie.sources"), sourcesFrom(await findArchive(work)));
    await run("apt-get", [...aptOptions(work), "update"], work);
    await run("apt-get", [...aptOptions(work), "download", ...packages], join(work, "debs"));
    for (const { name } of Deno.readDirSync(join(work, "debs"))) {
      await run("dpkg-deb", ["-x", join(work, "debs", name), join(work, "root")], work);
    }
    rename(join(work, "root"), root);
  } finally {
    Deno.removeSync(work, { recursive: true });
  }
}

/** The archive that this system's own packages come from, so that a mirror is used here as well. */
async function findArchive(cwd: string): Promise<string> {
  const targets = ["indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"];
  const archives = (await run("apt-get", targets, cwd)).split("\n");
  const archive = archives.find((uri) => /\/debian\/?$/.test(uri));
  if (archive === undefined) throw new Error("Cannot find an archive of Debian in apt's sources");
  return archive;
}

/** apt with lists, archives and sources of its own: the system's are neither read nor changed. */
function aptOptions(work: string): readonly string[] {
  return [
    `Dir::Etc::sourcelist=${join(work, "trixie.sources")}`,
    "Dir::Etc::sourceparts=-",
    `Dir::State=${join(work, "state")}`,
    "Dir::State::status=/dev/null",
    `Dir::Cache=${join(work, "cache")}`,
    "APT::Sandbox::User=root",
    "APT::Update::Error-Mode=any",
    "Acquire::Languages=none",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled=false",
    "Acquire::Retries=2",
    "Acquire::http::Timeout=20",
  ].flatMap((option) => ["-o", option]);
}

async function run(command: string, args: readonly string[], cwd: string): Promise<string> {
  const output = await new Deno.Command(command, { args: [...args], cwd }).output();
  if (output.success) return new TextDecoder().decode(output.stdout);
  const stderr = new TextDecoder().decode(output.stderr).trim().split("\n").at(-1);
  throw new Error(`Cannot run ${command}: exit ${output.code}: ${stderr}`);
}

/** Another run may have been quicker: then its folder is as good. */
function rename(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!exists(join(to, "usr/sbin/nft"))) throw error;
  }
}

function exists(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
