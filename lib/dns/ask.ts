import type { IpAddress } from "../model/address.ts";
import { openTowards } from "./datagrams.ts";
import { readFrame, writeFrame } from "./frames.ts";
import { type Answer, encodeQuestion, type Question, tryDecodeAnswer } from "./message.ts";

/** DNS's port. */
export const dnsPort = 53;

/** A resolver did not answer, or nothing that answers the question. */
export class LookupError extends Error {
  /** What `String(error)` puts before the message. */
  override readonly name = "LookupError";
}

/**
 * Asks a resolver a question: by UDP, and by TCP where the answer does not fit. Only an answer to
 * this very question, from where it was asked, is believed.
 *
 * @param deadlineMs How long to wait for each of the two.
 * @throws {LookupError} where no answer comes.
 */
export async function ask(
  question: Question,
  resolver: IpAddress,
  deadlineMs: number,
): Promise<Answer> {
  const [id = 0] = crypto.getRandomValues(new Uint16Array(1));
  const asked: Asked = { question, id, resolver, deadlineMs };
  const answer = await askByUdp(asked);
  return answer.isTruncated ? await askByTcp(asked) : answer;
}

interface Asked {
  readonly question: Question;
  readonly id: number;
  readonly resolver: IpAddress;
  readonly deadlineMs: number;
}

function tryRead(message: Uint8Array, { question, id }: Asked): Answer | undefined {
  const answer = tryDecodeAnswer(message);
  const isOurs = answer?.id === id && answer.name === question.name &&
    answer.type === question.type;
  return isOurs ? answer : undefined;
}

async function askByUdp(asked: Asked): Promise<Answer> {
  const { question, id, resolver, deadlineMs } = asked;
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  using socket = await openTowards(resolver, (message, from) => {
    const answer = tryRead(message, asked);
    if (answer !== undefined && from.address === resolver && from.port === dnsPort) resolve(answer);
  });
  socket.send(encodeQuestion(question, id), { address: resolver, port: dnsPort });
  const timer = setTimeout(() => reject(noAnswer(asked, "no answer")), deadlineMs);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function askByTcp(asked: Asked): Promise<Answer> {
  const { question, id, resolver, deadlineMs } = asked;
  const signal = AbortSignal.timeout(deadlineMs);
  try {
    using connection = await Deno.connect({ hostname: resolver, port: dnsPort, signal });
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
    throw noAnswer(asked, cause instanceof Error ? cause.message : String(cause), cause);
  }
  throw noAnswer(asked, "an answer by TCP that is none");
}

function noAnswer({ question, resolver }: Asked, why: string, cause?: unknown): LookupError {
  const message = `Cannot look up ${question.type} of ${question.name} at ${resolver}: ${why}`;
  return new LookupError(message, { cause });
}
