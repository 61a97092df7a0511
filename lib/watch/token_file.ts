import { AccessError } from "./access_error.ts";

/** For how long a token is taken from memory: they are replaced long before they end. */
const freshMs = 10_000;

/** A bearer token in a file that somebody else keeps up to date. */
export class TokenFile {
  readonly #path: string;
  readonly #origin: string;
  #token: string | undefined;
  #readAt = 0;

  /** `origin` is what names the file, for messages. */
  constructor(path: string, origin: string) {
    this.#path = path;
    this.#origin = origin;
  }

  /**
   * The token, at most some seconds old. While the file cannot be read it is the last one that
   * could; the server will tell when it is good no more.
   *
   * @throws {AccessError} where there never was one.
   */
  async token(): Promise<string> {
    const isFresh = performance.now() - this.#readAt < freshMs;
    if (this.#token !== undefined && isFresh) return this.#token;
    return await this.refresh();
  }

  /** The same, read from the file at once. */
  async refresh(): Promise<string> {
    try {
      this.#token = await this.#read();
      this.#readAt = performance.now();
    } catch (error) {
      if (this.#token === undefined || !(error instanceof AccessError)) throw error;
    }
    return this.#token;
  }

  async #read(): Promise<string> {
    const place = { origin: this.#origin, field: "token file", expected: "a token" };
    let text: string;
    try {
      text = (await Deno.readTextFile(this.#path)).trim();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new AccessError({ ...place, found: `${this.#path}: ${reason}` }, { cause });
    }
    if (/^[\x21-\x7e]+$/.test(text)) return text;
    const found = text === ""
      ? `nothing in ${this.#path}`
      : `blanks or control characters in ${this.#path}`;
    throw new AccessError({ ...place, found });
  }
}
