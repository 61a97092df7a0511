/** What must be gone before a signal may end the process. */
const guarded = new Set<AsyncDisposable>();

/** The signals and what they do; the exit codes are those that shells know them by. */
const signals = [
  { signal: "SIGINT", handler: () => void interrupted(130) },
  { signal: "SIGTERM", handler: () => void interrupted(143) },
] as const;

/**
 * Sees to it that something is disposed of when SIGINT or SIGTERM end the process, until the guard
 * is disposed of itself.
 */
export function guard(resource: AsyncDisposable): Disposable {
  if (guarded.size === 0) {
    for (const { signal, handler } of signals) Deno.addSignalListener(signal, handler);
  }
  guarded.add(resource);
  return { [Symbol.dispose]: () => release(resource) };
}

function release(resource: AsyncDisposable): void {
  if (!guarded.delete(resource) || guarded.size > 0) return;
  for (const { signal, handler } of signals) Deno.removeSignalListener(signal, handler);
}

async function interrupted(code: number): Promise<never> {
  await Promise.allSettled([...guarded].map((resource) => resource[Symbol.asyncDispose]()));
  Deno.exit(code);
}
