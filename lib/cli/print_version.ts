import { Nft } from "../apply/nft.ts";
import { version } from "./version.ts";

/** Prints hedgerow's version and what it found of nft. */
export async function printVersion(): Promise<void> {
  const lines = [`hedgerow ${version}`, `nft ${await nftVersion()}`];
  await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

async function nftVersion(): Promise<string> {
  try {
    return await new Nft().detect();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
