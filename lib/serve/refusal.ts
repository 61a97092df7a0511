/** Why the CNI plugin does not get what it asked for. */
export class Refusal extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "Refusal";
  /** Of HTTP. */
  readonly status: number;

  /** 503 says that it may be had later. */
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }

  /** Whether to ask again is worth the while. */
  get isRetryable(): boolean {
    return this.status === 503;
  }
}
