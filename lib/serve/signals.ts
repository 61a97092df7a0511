/** Calls back when the agent is told to end. */
export function onTerminate(callback: () => void): void {
  Deno.addSignalListener("SIGTERM", callback);
  Deno.addSignalListener("SIGINT", callback);
}

/** Calls back when the agent is told to work everything out anew. */
export function onReload(callback: () => void): void {
  Deno.addSignalListener("SIGHUP", callback);
}
