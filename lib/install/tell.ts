/** Prints what was done, a line for each thing. */
export function tell(lines: readonly string[]): void {
  const text = lines.map((line) => `${line}\n`).join("");
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
