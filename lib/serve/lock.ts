import { getLogger } from "@logtape/logtape";

const logger = getLogger(["hedgerow", "serve"]);

/** Somebody else holds the lock. */
export class LockHeldError extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "LockHeldError";
}

/** How often a lock that is held is tried again, in ms. */
const retryMs = 50;

/** The right to be this node's agent. It ends with the process, however that ends. */
export class Lock implements Disposable {
  readonly #file: Deno.FsFile;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Takes the lock, and writes into its file who holds it.
   *
   * @param path The lock's file; made where it is not there.
   * @param patienceMs How long to wait for another agent to end: it may be on its way out.
   * @throws {LockHeldError} which says by whom it is held.
   */
  static async take(path: string, patienceMs: number): Promise<Lock> {
    const file = await openLockFile(path);
    if (!await file.tryLock(true)) await waitFor(file, { path, patienceMs });
    await file.truncate();
    await file.write(new TextEncoder().encode(`process ${Deno.pid}\n`));
    return new Lock(file);
  }

  /** Lets another agent have the lock; the file stays. */
  [Symbol.dispose](): void {
    this.#file.close();
  }
}

async function waitFor(
  file: Deno.FsFile,
  { path, patienceMs }: { readonly path: string; readonly patienceMs: number },
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  const holder = (await Deno.readTextFile(path)).trim() || "it does not say who";
  logger.info("Another agent holds {path} ({holder}): waiting for its end", { path, holder });
  while (!await file.tryLock(true)) {
    if (performance.now() >= deadline) {
      file.close();
      throw new LockHeldError(
        `Cannot take the lock ${path}: another agent holds it (${holder})`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, retryMs));
  }
}

async function openLockFile(path: string): Promise<Deno.FsFile> {
  try {
    return await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`Cannot open the lock ${path}: ${why}`, { cause });
  }
}
