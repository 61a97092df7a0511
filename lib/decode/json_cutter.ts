// This module is pure.
import type { JsonField, JsonShape } from "./json_shape.ts";

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/**
 * Cuts out of JSON in UTF-8 what nobody wants: most of a pod is not about policies, and what is not
 * parsed costs neither time nor memory. It works on bytes, which are twice as quick to go through
 * as the characters of a string.
 */
export class JsonCutter {
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;
  /** What is kept; used again for the next text. */
  #kept = new Uint8Array(16 * 1024);
  #length = 0;

  /**
   * What is wanted of a text, for use until the next call. Where the text reads otherwise than an
   * API server writes it (spaces, escapes in names, no JSON) it comes back as it is; what is cut
   * out is not checked for more than its quotes and brackets.
   */
  cut(bytes: Uint8Array, shape: JsonShape): Uint8Array {
    if (this.#kept.length < bytes.length) this.#kept = new Uint8Array(2 * bytes.length);
    this.#bytes = bytes;
    this.#at = this.#length = 0;
    const isUnderstood = this.#value(shape) && this.#at === bytes.length;
    this.#bytes = new Uint8Array(); // it may be large, and is the caller's
    return isUnderstood ? this.#kept.subarray(0, this.#length) : bytes;
  }

  // Each of these tells whether it found what it expected.

  #value(shape: JsonShape): boolean {
    const first = this.#bytes[this.#at];
    if (shape.kind === "fields" && first === openBrace) return this.#object(shape.fields);
    if (shape.kind === "items" && first === openBracket) return this.#list(shape.item);
    const start = this.#at;
    if (!this.#skip()) return false;
    this.#keep(this.#bytes, start, this.#at);
    return true;
  }

  #object(fields: readonly JsonField[]): boolean {
    this.#put(openBrace);
    let isFirst = true;
    let isOpen = this.#open(closeBrace);
    while (isOpen) {
      const start = this.#at;
      if (this.#bytes[start] !== quote || !this.#skipString()) return false;
      const field = this.#fieldAt(start, fields);
      if (field === undefined && this.#hasEscape(start)) return false; // it may be any name
      if (this.#bytes[this.#at++] !== colon) return false;
      if (field === undefined) {
        if (!this.#skip()) return false;
      } else {
        if (!isFirst) this.#put(comma);
        isFirst = false;
        this.#keep(field.key, 0, field.key.length);
        this.#put(colon);
        if (!this.#value(field.shape)) return false;
      }
      isOpen = this.#bytes[this.#at] === comma;
      if (!isOpen && this.#bytes[this.#at] !== closeBrace) return false;
      this.#at++;
    }
    this.#put(closeBrace);
    return true;
  }

  #list(item: JsonShape): boolean {
    this.#put(openBracket);
    let isOpen = this.#open(closeBracket);
    while (isOpen) {
      if (!this.#value(item)) return false;
      isOpen = this.#bytes[this.#at] === comma;
      if (!isOpen && this.#bytes[this.#at] !== closeBracket) return false;
      this.#at++;
      if (isOpen) this.#put(comma);
    }
    this.#put(closeBracket);
    return true;
  }

  /** Passes the beginning of an object or a list; false: its end too, as nothing is in it. */
  #open(close: number): boolean {
    if (this.#bytes[++this.#at] !== close) return true;
    this.#at++;
    return false;
  }

  /** The field whose name has just been passed; it began at `start`. */
  #fieldAt(start: number, fields: readonly JsonField[]): JsonField | undefined {
    const [bytes, end] = [this.#bytes, this.#at];
    for (const field of fields) if (isAt(bytes, { start, end }, field.key)) return field;
    return undefined;
  }

  #hasEscape(start: number): boolean {
    for (let i = start; i < this.#at; i++) if (this.#bytes[i] === backslash) return true;
    return false;
  }

  /** Passes a value of any kind. */
  #skip(): boolean {
    const first = this.#bytes[this.#at];
    if (first === quote) return this.#skipString();
    return first === openBrace || first === openBracket ? this.#skipNested() : this.#skipWord();
  }

  #skipString(): boolean {
    this.#at = endOfString(this.#bytes, this.#at);
    return this.#at <= this.#bytes.length;
  }

  /** Whatever stands between brackets: those in strings do not count. */
  #skipNested(): boolean {
    const bytes = this.#bytes;
    let at = this.#at;
    let depth = 0;
    do {
      const byte = bytes[at];
      if (byte === quote) at = endOfString(bytes, at);
      else {
        if (byte === openBrace || byte === openBracket) depth++;
        else if (byte === closeBrace || byte === closeBracket) depth--;
        at++;
      }
    } while (depth > 0 && at < bytes.length);
    this.#at = at;
    return depth === 0;
  }

  /** A number, `true`, `false` or `null`. */
  #skipWord(): boolean {
    const start = this.#at;
    while (isOfWord(this.#bytes[this.#at] ?? 0)) this.#at++;
    return this.#at > start;
  }

  #put(byte: number): void {
    this.#kept[this.#length++] = byte;
  }

  /** By hand, as what is kept is short. */
  #keep(from: Uint8Array, start: number, end: number): void {
    const [kept, to] = [this.#kept, this.#length];
    for (let i = start; i < end; i++) kept[to + i - start] = from[i]!;
    this.#length = to + end - start;
  }
}

/** Behind the string that begins at `start`; behind the end of the text where it has no end. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === quote) return at + 1;
    at += byte === backslash ? 2 : 1;
  }
  return bytes.length + 1;
}

function isAt(
  bytes: Uint8Array,
  { start, end }: { readonly start: number; readonly end: number },
  key: Uint8Array,
): boolean {
  if (end - start !== key.length) return false;
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}

/** Lower-case letters, digits, `E`, `+`, `-` and `.`. */
function isOfWord(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39 || byte >= 0x61 && byte <= 0x7a ||
    byte === 0x45 || byte === 0x2b || byte === 0x2d || byte === 0x2e;
}
