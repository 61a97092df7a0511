// This module is pure.

/** What is wrong with the settings by which the API server is reached. */
export interface AccessProblem {
  /** What was being read: `kubeconfig /etc/kubernetes/admin.conf`. */
  readonly origin: string;
  /** The path of the field, as `users[1].user.token`; "" for the whole. */
  readonly field: string;
  /** Never a secret. */
  readonly found: string;
  /** What would do. */
  readonly expected: string;
}

/** The settings by which the API server is reached cannot be used. */
export class AccessError extends Error {
  /** Tells it from other errors. */
  override readonly name = "AccessError";
  /** What the message says, in parts. */
  readonly problem: AccessProblem;

  /** The message is made of the problem's parts. */
  constructor(problem: AccessProblem, options?: ErrorOptions) {
    const { origin, field, found, expected } = problem;
    const where = field === "" ? "" : ` ${field}:`;
    super(`Cannot read ${origin}:${where} found ${found}, expected ${expected}`, options);
    this.problem = problem;
  }
}
