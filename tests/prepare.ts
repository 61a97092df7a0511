/**
 * Makes sure that the programs which the demo and the tests need are there: installs them from
 * Debian's packages where that can be done, and else says in one line what to install.
 *
 *     deno run -A tests/prepare.ts [PROGRAM...]
 */

/** program, by its name or its path -> the Debian package that brings it. */
const packages: Readonly<Record<string, string>> = {
  nft: "nftables",
  ip: "iproute2",
  nsenter: "util-linux",
  sysctl: "procps",
  kubectl: "kubernetes-client",
  promtool: "prometheus",
  containerd: "containerd",
  runc: "runc",
  "/usr/lib/cni/ptp": "containernetworking-plugins",
};

const always = ["nft", "ip", "nsenter", "sysctl", "/usr/lib/cni/ptp"];

const missing = [...always, ...Deno.args].filter((program) => !isThere(program));
if (missing.length > 0) install(missing);
if (Deno.uid() !== 0) stop("network namespaces and nftables need root: run this as root");

function install(programs: readonly string[]): void {
  const names = [...new Set(programs.map((program) => packages[program] ?? program))];
  if (Deno.uid() !== 0 || !isThere("apt-get")) {
    stop(
      `${programs.join(", ")} not found: install ${names.join(" ")} (with nftables 1.0.6 or newer)`,
    );
  }
  note(`installing ${names.join(" ")}`);
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  aptGet(["update", "-qq"], env);
  aptGet(["install", "-y", "-qq", "--no-install-recommends", ...names], env);
}

function aptGet(args: readonly string[], env: Readonly<Record<string, string>>): void {
  const { success, stderr } = new Deno.Command("apt-get", { args: [...args], env }).outputSync();
  if (success) return;
  const why = new TextDecoder().decode(stderr).trim().split("\n").at(-1) ?? "";
  stop(`apt-get ${args.join(" ")} failed: ${why}`);
}

function isThere(program: string): boolean {
  const folders = (Deno.env.get("PATH") ?? "").split(":").map((folder) => `${folder}/`);
  return (program.startsWith("/") ? [""] : folders).some((folder) => {
    try {
      return Deno.statSync(`${folder}${program}`).isFile;
    } catch {
      return false;
    }
  });
}

function note(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${text}\n`));
}

function stop(text: string): never {
  note(text);
  Deno.exit(1);
}
