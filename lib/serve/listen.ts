import { dirname } from "node:path";

/** Answers a request. */
export type Handler = (request: Request) => Promise<Response>;

/** A TCP address. */
export interface TcpAddress {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly hostname: string;
  /** 0 picks a free one. */
  readonly port: number;
}

/** Serves on a TCP address, and throws an error that names it when it cannot be had. */
export function serveTcp({ hostname, port }: TcpAddress, handler: Handler): Deno.HttpServer {
  try {
    return Deno.serve({ hostname, port, onListen: () => {} }, handler);
  } catch (cause) {
    const why = cause instanceof Deno.errors.AddrInUse
      ? "the address is in use by another process"
      : messageOf(cause);
    throw new Error(`Cannot listen on ${hostname}:${port} (--listen): ${why}`, { cause });
  }
}

/**
 * Serves on a unix socket that nobody but its owner can open. A file that a killed agent left is
 * taken away; one that still answers belongs to somebody.
 */
export async function serveUnix(path: string, handler: Handler): Promise<Deno.HttpServer> {
  await makeSocketFolder(path);
  await removeStale(path);
  try {
    return await serveAside(path, handler);
  } catch (cause) {
    throw new Error(`Cannot listen on ${path} (--socket): ${messageOf(cause)}`, { cause });
  }
}

/** The socket is made where nobody else can go, and put in its place when its mode is right. */
async function serveAside(path: string, handler: Handler): Promise<Deno.HttpServer> {
  const aside = await Deno.makeTempDir({ dir: dirname(path), prefix: ".hedgerow-" });
  try {
    const server = Deno.serve({ path: `${aside}/s`, onListen: () => {} }, handler);
    await Deno.chmod(`${aside}/s`, 0o600);
    await Deno.rename(`${aside}/s`, path);
    return server;
  } finally {
    await Deno.remove(aside, { recursive: true });
  }
}

/** Makes the folder of the socket and of what stands beside it, for its owner alone. */
export async function makeSocketFolder(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Error(`Cannot make the folder ${folder} (--socket): ${messageOf(cause)}`, { cause });
  }
}

async function removeStale(path: string): Promise<void> {
  let found: Deno.FileInfo;
  try {
    found = await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  if (!found.isSocket) {
    throw new Error(`Cannot listen on ${path} (--socket): it is there and is no socket`);
  }
  if (await answers(path)) {
    throw new Error(`Cannot listen on ${path} (--socket): another process serves there`);
  }
  await Deno.remove(path);
}

async function answers(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.ConnectionRefused) return false;
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
