import { runTool } from "../lab/tool.ts";

/** The name of the image that sandboxes are made from. */
export const sandboxImage = "docker.io/lab/sleep:1";

/** What does nothing, at the path where every system has it. */
const program = "/bin/sleep";

/** The names that images have for architectures. */
const architectures: Readonly<Record<string, string>> = { x86_64: "amd64", aarch64: "arm64" };

/**
 * Makes the image from this machine's own `sleep` and what it is linked with: its first and only
 * process waits, as a sandbox's does. Gives the archive's path, for `ctr images import`.
 */
export async function buildSandboxImage(folder: string): Promise<string> {
  const made = `${folder}/image`;
  await Deno.mkdir(made);
  const linked = (await runTool("ldd", [program])).match(/\/\S+/g) ?? [];
  const files = [program, ...linked].map((path) => path.slice(1));
  await runTool("tar", ["-chf", `${made}/layer.tar`, "-C", "/", ...files]);
  const layer = await Deno.readFile(`${made}/layer.tar`);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", layer)).toHex();
  const parts = {
    "config.json": {
      architecture: architectures[Deno.build.arch],
      os: "linux",
      config: { Entrypoint: [program, "infinity"] },
      rootfs: { type: "layers", diff_ids: [`sha256:${hash}`] },
    },
    "manifest.json": [{
      Config: "config.json",
      RepoTags: [sandboxImage],
      Layers: ["layer.tar"],
    }],
  };
  for (const [name, part] of Object.entries(parts)) {
    await Deno.writeTextFile(`${made}/${name}`, JSON.stringify(part));
  }
  await runTool("tar", ["-cf", `${made}.tar`, "-C", made, ...Object.keys(parts), "layer.tar"]);
  return `${made}.tar`;
}
