// This module is pure.

/** Prints each code unit of a text as JSON and YAML escape it: `\u0085`. */
export function escapeUnits(text: string): string {
  return text.split("").map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
    .join("");
}
