import type { IpAddress } from "../model/address.ts";
import { openTowards } from "./datagrams.ts";
import { readFrame, writeFrame } from "./frames.ts";
import { type Answer, encodeQuestion, type Question, tryDecodeAnswer } from "./message.ts";

/** DNS's port. */
const dnsPort = 53;

/** A resolver did not answer, or nothing that answers the question. */
export class LookupError extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "LookupError";
  /** Whether nothing at all was heard from the resolver. */
  readonly isSilence: boolean;

  /** As an `Error`; by default something was heard. */
  constructor(message: string, { isSilence = false, ...options }: LookupErrorOptions = {}) {
    super(message, options);
    this.isSilence = isSilence;
  }
}

interface LookupErrorOptions extends ErrorOptions {
  readonly isSilence?: boolean;
}

/** How a resolver is asked. */
export interface AskOptions {
  /** How long to wait for an answer, by each of UDP and TCP, in ms. */
  readonly deadlineMs: number;
  /** A datagram may be lost: after so long it is sent again, in ms. Default: never. */
  readonly resendMs?: readonly number[];
  /** Default: DNS's own. */
  readonly port?: number;
}

/** Asks a resolver a question. */
export type Ask = (
  question: Question,
  resolver: IpAddress,
  options: AskOptions,
) => Promise<Answer>;

/**
 * Asks a resolver a question: by UDP, and by TCP where the answer does not fit. Only an answer to
 * this very question, from where it was asked, is believed.
 *
 * @throws {LookupError} where no answer comes.
 */
export async function ask(
  question: Question,
  resolver: IpAddress,
  { deadlineMs, resendMs = [], port = dnsPort }: AskOptions,
): Promise<Answer> {
  const [id = 0] = crypto.getRandomValues(new Uint16Array(1));
  const asked: Asked = { question, id, resolver, port, deadlineMs, resendMs };
  const answer = await askByUdp(asked);
  return answer.isTruncated ? await askByTcp(asked) : answer;
}

interface Asked extends Required<AskOptions> {
  readonly question: Question;
  readonly id: number;
  readonly resolver: IpAddress;
}

function tryRead(message: Uint8Array, { question, id }: Asked): Answer | undefined {
  const answer = tryDecodeAnswer(message);
  const isOurs = answer?.id === id && answer.name === question.name &&
    answer.type === question.type;
  return isOurs ? answer : undefined;
}

async function askByUdp(asked: Asked): Promise<Answer> {
  const { question, id, resolver, port, deadlineMs, resendMs } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  using socket = await openTowards(resolver, (message, from) => {
    const answer = tryRead(message, asked);
    if (answer !== undefined && from.address === resolver && from.port === port) resolve(answer);
  });
  const message = encodeQuestion(question, id);
  const send = (): void => socket.send(message, { address: resolver, port });
  send();
  const timers = resendMs.map((ms) => setTimeout(send, ms));
  const silence = noAnswer(asked, "no answer", { isSilence: true });
  timers.push(setTimeout(() => reject(silence), deadlineMs));
  try {
    return await promise;
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

async function askByTcp(asked: Asked): Promise<Answer> {
  const { question, id, resolver, port, deadlineMs } = asked;
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    using connection = await Deno.connect({ hostname: resolver, port, signal });
    const close = (): void => connection.close();
    signal.addEventListener("abort", close);
    try {
      await writeFrame(connection, encodeQuestion(question, id));
      const answer = tryRead(await readFrame(connection), asked);
      if (answer !== undefined) return answer;
    } finally {
      signal.removeEventListener("abort", close);
    }
  } catch (cause) {
    throw noAnswer(asked, cause instanceof Error ? cause.message : String(cause), { cause });
  }
  throw noAnswer(asked, "an answer by TCP that is none");
}

function noAnswer(
  { question, resolver }: Asked,
  why: string,
  options?: LookupErrorOptions,
): LookupError {
  const message = `Cannot look up ${question.type} of ${question.name} at ${resolver}: ${why}`;
  return new LookupError(message, options);
}
