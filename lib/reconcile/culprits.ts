// This module is pure.

/**
 * Finds those of some suspects for whose sake something is refused, as a refusal does not say who
 * is at fault. Halves the suspects, so that few among many cost few questions.
 *
 * @param accepts Whether it is accepted when only these suspects have a part in it.
 */
export async function findCulprits<T>(
  suspects: readonly T[],
  accepts: (some: readonly T[]) => Promise<boolean>,
): Promise<readonly T[]> {
  if (suspects.length === 0 || await accepts(suspects)) return [];
  if (suspects.length === 1) return suspects;
  const middle = Math.ceil(suspects.length / 2);
  const culprits = [
    ...await findCulprits(suspects.slice(0, middle), accepts),
    ...await findCulprits(suspects.slice(middle), accepts),
  ];
  // Each half is accepted alone: it takes some of both, and nobody knows which.
  return culprits.length > 0 ? culprits : suspects;
}
