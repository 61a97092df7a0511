// This module is pure.

/** Something in an object that could not be understood, told so that its author can mend it. */
export interface Issue {
  /** The object, as `Kind namespace/name`. */
  readonly object: string;
  /** The path of the field, as `spec.ingress[0].ports[1].port`; "" for the object itself. */
  readonly field: string;
  /** What was found there, printed short. */
  readonly found: string;
  /** What would have been understood. */
  readonly expected: string;
}

/** Prints an issue on one line. */
export function formatIssue(issue: Issue): string {
  return `${issue.object}: ${formatFault(issue)}`;
}

/** Prints an issue where it is clear which object has it. */
export function formatFault({ field, found, expected }: Omit<Issue, "object">): string {
  const where = field === "" ? "" : `${field}: `;
  return `${where}found ${found}, expected ${expected}`;
}
