// This module is pure.

/** Reads the version from what `nft --version` prints: `nftables v1.0.6 (Lester Gooch #5)`. */
export function tryParseVersion(text: string): string | undefined {
  return /^nftables v(\d+(?:\.\d+)*)\b/.exec(text)?.[1];
}

/** Tells whether a version is `wanted` or newer: by its numbers, from left to right. */
export function isAtLeast(version: string, wanted: string): boolean {
  const found = version.split(".").map(Number);
  for (const [i, number] of wanted.split(".").map(Number).entries()) {
    const difference = (found[i] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
