import { type Fields, isFields, noFields } from "../decode/fields.ts";

/** What came of a question to the agent. */
export type Answer =
  | { readonly kind: "done" }
  /** It answered, and for good. */
  | { readonly kind: "refused"; readonly reason: string }
  /** It answered that it has not done it. */
  | { readonly kind: "not yet"; readonly reason: string }
  /** It took the question, and there was no answer in time. */
  | { readonly kind: "silent"; readonly reason: string }
  /** There is nobody at the socket. */
  | { readonly kind: "unreachable"; readonly reason: string };

/** A question to the agent. */
export interface Question {
  /** The path of its socket. */
  readonly socket: string;
  /** As `/v1/cni/add`. */
  readonly path: string;
  /** Undefined: GET. */
  readonly body?: unknown;
  /** For how long an answer is worth waiting for, in ms. */
  readonly timeoutMs: number;
}

/** How long to wait before the agent is asked again, in ms: a restart takes it about a second. */
const pauseMs = 50;

/** Asks until there is an answer for good, or no more time. */
export async function askPatiently(question: Question): Promise<Answer> {
  const deadline = performance.now() + question.timeoutMs;
  let heard: Answer | undefined;
  for (;;) {
    const timeoutMs = Math.max(1, deadline - performance.now());
    const answer = await ask({ ...question, timeoutMs });
    if (answer.kind === "done" || answer.kind === "refused") return answer;
    if (answer.kind === "not yet") heard = answer;
    const left = deadline - performance.now();
    // An agent that said "not yet" and then went away is not one that cannot be reached.
    if (left <= 0) return heard ?? answer;
    await new Promise((resolve) => setTimeout(resolve, Math.min(pauseMs, left)));
  }
}

/** Asks once. */
export async function ask({ socket, path, body, timeoutMs }: Question): Promise<Answer> {
  const absence = await findAbsence(socket);
  if (absence !== undefined) return { kind: "unreachable", reason: absence };
  using client = Deno.createHttpClient({ proxy: { transport: "unix", path: socket } });
  try {
    // An address, as Deno would ask DNS for a name, though the socket is no matter of names.
    const response = await fetch(`http://127.0.0.1${path}`, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      client,
      signal: AbortSignal.timeout(timeoutMs),
    });
    return answerOf(response.ok, await response.text());
  } catch (error) {
    return { kind: "silent", reason: `no answer: ${messageOf(error)}` };
  }
}

/** Why there is nobody at a socket; undefined when somebody is. */
async function findAbsence(path: string): Promise<string | undefined> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return undefined;
  } catch (error) {
    return `nobody at ${path}: ${messageOf(error)}`;
  }
}

function answerOf(isGood: boolean, text: string): Answer {
  if (isGood) return { kind: "done" };
  const { error, retryable } = tryParse(text);
  const reason = typeof error === "string" ? error : text.trim();
  return { kind: retryable === true ? "not yet" : "refused", reason };
}

function tryParse(text: string): Fields {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : noFields;
  } catch {
    return noFields;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
