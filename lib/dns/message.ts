// This module is pure.
import { Buffer } from "node:buffer";
// @ts-types="@types/dns-packet"
import packet from "dns-packet";
import { tryParseAddress } from "../decode/address.ts";
import type { Family, IpAddress } from "../model/address.ts";
import { familyOf } from "../model/address.ts";
import { isOpenable } from "./openable.ts";

/** The two types of records that hold addresses, in DNS's words. */
export type RecordType = "A" | "AAAA";

/** What is asked. */
export interface Question {
  /** In lower case, without a dot at its end. */
  readonly name: string;
  /** What kind of addresses. */
  readonly type: RecordType;
}

/** What is answered to a question about addresses. */
export interface Answer extends Question {
  /** Of the message: an answer has its question's. */
  readonly id: number;
  /** `NOERROR`, `NXDOMAIN`, … */
  readonly code: string;
  /** True where the rest is to be asked for by TCP. */
  readonly isTruncated: boolean;
  /** The addresses that the name stands for; those that no rule may open are left out. */
  readonly addresses: readonly IpAddress[];
  /** For how long, in s: the shortest time of all records on the way. Without addresses 0. */
  readonly seconds: number;
}

/** Answers of more records than this are not read; 64 kB hold 4,000 addresses. */
const mostRecords = 5000;

/** A chain of aliases that goes on for longer is none. */
const mostAliases = 16;

/** The record type for a family. */
export function recordTypeOf(family: Family): RecordType {
  return family === "IPv4" ? "A" : "AAAA";
}

/** Writes a question as a message. */
export function encodeQuestion({ name, type }: Question, id: number): Uint8Array {
  return packet.encode({
    ...{ type: "query", id, flags: packet.RECURSION_DESIRED },
    questions: [{ name, type, class: "IN" }],
  });
}

/** Reads an answer about addresses; undefined for everything else, whatever it is. */
export function tryDecodeAnswer(message: Uint8Array): Answer | undefined {
  const decoded = tryDecode(message);
  const question = decoded === undefined ? undefined : questionOf(decoded, message);
  if (decoded === undefined || question === undefined) return undefined;
  if (decoded.type !== "response" || codeOf(decoded, "opcode") !== "QUERY") return undefined;
  return {
    ...question,
    id: decoded.id ?? 0,
    code: codeOf(decoded, "rcode"),
    isTruncated: ((decoded.flags ?? 0) & packet.TRUNCATED_RESPONSE) !== 0,
    ...follow(question, decoded.answers ?? []),
  };
}

function tryDecode(message: Uint8Array): packet.DecodedPacket | undefined {
  if (message.length < 12) return undefined;
  const { buffer, byteOffset, byteLength } = message;
  const view = new DataView(buffer, byteOffset, byteLength);
  const records = view.getUint16(6) + view.getUint16(8) + view.getUint16(10);
  if (view.getUint16(4) !== 1 || records > mostRecords) return undefined;
  try {
    return packet.decode(Buffer.from(buffer, byteOffset, byteLength));
  } catch { // anybody may send anything
    return undefined;
  }
}

/** The types lack what the library decodes. */
function codeOf(decoded: packet.DecodedPacket, field: "opcode" | "rcode"): string {
  const value: unknown = Reflect.get(decoded, field);
  return typeof value === "string" ? value : "";
}

/**
 * The question, if it is one about addresses whose name prints unmistakably: a dot within a label
 * would make one domain look like another.
 */
function questionOf(decoded: packet.DecodedPacket, message: Uint8Array): Question | undefined {
  const [question] = decoded.questions ?? [];
  if (question === undefined || (question.class ?? "IN") !== "IN") return undefined;
  const { name, type } = question;
  if (type !== "A" && type !== "AAAA") return undefined;
  const labels = name.split(".");
  let at = 12;
  for (const label of labels) {
    if (!/^[-_a-z0-9]{1,63}$/i.test(label) || message[at] !== label.length) return undefined;
    at += 1 + label.length;
  }
  return message[at] === 0 ? { name: name.toLowerCase(), type } : undefined;
}

/** Of the only class that has addresses. */
function isInternet(answer: packet.Answer): boolean {
  return "class" in answer && (answer.class ?? "IN") === "IN";
}

/** RFC 2181: a time whose highest bit is set is none. */
function secondsOf({ ttl = 0 }: Pick<packet.StringAnswer, "ttl">): number {
  return ttl > 0x7fff_ffff ? 0 : ttl;
}

/** CNP-14: aliases count where one answer holds the whole chain. */
function follow(
  { name, type }: Question,
  answers: readonly packet.Answer[],
): Pick<Answer, "addresses" | "seconds"> {
  let owner = name;
  let seconds = Infinity;
  for (let i = 0; i <= mostAliases; i++) {
    const own = answers.filter((answer) =>
      answer.name.toLowerCase() === owner && isInternet(answer)
    );
    const addresses: IpAddress[] = [];
    for (const answer of own) {
      if (answer.type !== type) continue;
      seconds = Math.min(seconds, secondsOf(answer));
      const address = tryParseAddress(answer.data);
      if (address === undefined || !isOpenable(address)) continue;
      if (recordTypeOf(familyOf(address)) === type) addresses.push(address);
    }
    if (addresses.length > 0) return { addresses: [...new Set(addresses)], seconds };
    const alias = own.find((answer) => answer.type === "CNAME");
    if (alias === undefined || alias.type !== "CNAME") break;
    seconds = Math.min(seconds, secondsOf(alias));
    owner = alias.data.toLowerCase();
  }
  return { addresses: [], seconds: 0 };
}
