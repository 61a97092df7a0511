/** Whether a network namespace can be looked at: those in /proc cannot, nor those out of sight. */
export async function isNetnsSeen(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return true;
  } catch {
    return false;
  }
}

/** Whether a network namespace, which could be looked at once, is gone. */
export async function isNetnsGone(path: string): Promise<boolean> {
  try {
    await Deno.stat(path);
    return false;
  } catch (error) {
    return error instanceof Deno.errors.NotFound;
  }
}
