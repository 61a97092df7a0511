// This module is pure.

/** What went wrong with nft; the caller's next step depends on nothing else. */
export type NftErrorKind =
  /** No nft on PATH. */
  | "missing"
  /** An nft that lacks forms which the ruleset needs. */
  | "old"
  /** Without CAP_NET_ADMIN. */
  | "not permitted"
  /** nft or the kernel refused the script: nothing of it is in the kernel. */
  | "refused"
  /** Killed at its deadline: whether the kernel has it is unknown. */
  | "deadline"
  /** It ended or spoke in a way that is not understood: whether the kernel has it is unknown. */
  | "failed";

/** What is known of an error beside its message. */
export interface NftErrorDetails {
  /** The line of the script that was refused, from 1; undefined where nft named none. */
  readonly line?: number | undefined;
  /** What nft wrote to stderr. */
  readonly stderr?: string | undefined;
  /** The error below, if there is one. */
  readonly cause?: unknown;
}

/** nft did not do what it was asked to do. */
export class NftError extends Error {
  /** What went wrong. */
  readonly kind: NftErrorKind;
  /** The line of the script that was refused, from 1; undefined where nft named none. */
  readonly line: number | undefined;
  /** What nft wrote to stderr. */
  readonly stderr: string;

  /** The message is one line. */
  constructor(kind: NftErrorKind, message: string, details: NftErrorDetails = {}) {
    super(message, { cause: details.cause });
    this.name = "NftError";
    this.kind = kind;
    this.line = details.line;
    this.stderr = details.stderr ?? "";
  }
}

/** What nft says first: where in the script, and what. */
export interface Complaint {
  /** The line of the script, from 1; undefined in a session and for errors without a place. */
  readonly line: number | undefined;
  /** nft's own words, without place and quoted script. */
  readonly message: string;
}

/** Finds the first useful line in what nft wrote to stderr; undefined where there is none. */
export function tryParseComplaint(stderr: string): Complaint | undefined {
  const placed = /^(?:[^\n]*?:(\d+):\d+-\d+: )?Error: ([^\n]*)$/m.exec(stderr);
  if (placed === null) return undefined;
  const [, line, message = ""] = placed;
  return { line: line === undefined ? undefined : Number(line), message };
}

/** Tells whether stderr says that the process lacks CAP_NET_ADMIN. */
export function isNotPermitted(stderr: string): boolean {
  return /you must be root|cache initialization failed: Operation not permitted/.test(stderr);
}

/** The error for a script that was refused: what nft said, and the statement that it is about. */
export function refusal(what: string, stderr: string, script: string): NftError {
  if (isNotPermitted(stderr)) return notPermitted(stderr);
  const complaint = tryParseComplaint(stderr);
  const line = complaint?.line;
  const statement = line === undefined ? undefined : script.split("\n")[line - 1];
  const place = statement === undefined ? "" : ` in line ${line}: ${clip(statement)}`;
  const said = complaint?.message ?? (clip(stderr.trim()) || "nft said nothing");
  return new NftError("refused", `Cannot ${what}: ${said}${place}`, { line, stderr });
}

/** The error for a process without the right to change nftables. */
export function notPermitted(stderr: string): NftError {
  const message = "Cannot use nftables: the kernel does not permit it, CAP_NET_ADMIN is needed";
  return new NftError("not permitted", message, { stderr });
}

/** Shortens a text for a message. */
export function clip(text: string): string {
  return text.length > 160 ? `${text.slice(0, 160)}…` : text;
}
