// This module is pure.

/** What one side of a flow has sent and received. Instants are on the monotonic clock, in ms. */
export interface SideReport {
  readonly sent: number;
  readonly received: number;
  /** Sequence numbers below the highest that came which never came themselves. */
  readonly missing: number;
  /** When the last one came; 0: none has. */
  readonly lastReceivedAt: number;
  /** The longest time without any, from the first one to the report. */
  readonly longestSilenceMs: number;
  /** Whether the other end closed the connection, or the kernel gave it up. */
  readonly ended: boolean;
}

/** Counts for one side of a flow. */
export class Tally {
  #sent = 0;
  #received = 0;
  #highest = -1;
  #lastReceivedAt = 0;
  #longestSilenceMs = 0;
  #ended = false;

  /** The sequence number of what is sent next. */
  get next(): number {
    return this.#sent;
  }

  /** Whether anything has come yet. */
  get begun(): boolean {
    return this.#received > 0;
  }

  /** Counts one that was sent. */
  noteSent(): void {
    this.#sent++;
  }

  /** Counts one that came. */
  noteReceived(sequence: number, at: number): void {
    if (this.#received > 0) {
      this.#longestSilenceMs = Math.max(this.#longestSilenceMs, at - this.#lastReceivedAt);
    }
    this.#received++;
    this.#highest = Math.max(this.#highest, sequence);
    this.#lastReceivedAt = at;
  }

  /** Notes that nothing more can come. */
  noteEnd(): void {
    this.#ended = true;
  }

  /** How it stands at an instant. */
  report(at: number): SideReport {
    const silence = this.#received === 0 ? 0 : at - this.#lastReceivedAt;
    return {
      sent: this.#sent,
      received: this.#received,
      missing: this.#highest + 1 - this.#received,
      lastReceivedAt: this.#lastReceivedAt,
      longestSilenceMs: Math.max(this.#longestSilenceMs, silence),
      ended: this.#ended,
    };
  }
}
