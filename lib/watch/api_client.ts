import { getLogger } from "@logtape/logtape";
import { type Access, isSameTls } from "./access.ts";
import { AccessError } from "./access_error.ts";
import { ApiError, type Refusal, tryParseRetryAfter, tryParseStatus } from "./api_error.ts";
import { readText } from "./body.ts";
import { TokenFile } from "./token_file.ts";
import { type Answer, makeTransport, type Transport } from "./transport.ts";
import { UnreachableError } from "./unreachable_error.ts";

const logger = getLogger(["hedgerow", "watch"]);

/** A client of one API server, with credentials that may change while it runs. */
export class ApiClient {
  readonly #load: () => Promise<Access>;
  #access: Access;
  #transport: Transport;
  #tokenFile: TokenFile | undefined;
  #generation = 0;
  #reloading: Promise<void> | undefined;

  private constructor(load: () => Promise<Access>, access: Access) {
    this.#load = load;
    this.#access = access;
    this.#transport = openTransport(access);
    this.#tokenFile = tokenFileOf(access);
  }

  /**
   * Makes a client; nothing is sent yet. `load` reads how the server is reached, now and again
   * whenever the server does not take what we have.
   *
   * @throws {AccessError} where that cannot be used.
   */
  static async open(load: () => Promise<Access>): Promise<ApiClient> {
    const client = new ApiClient(load, await load());
    await client.#tokenFile?.token();
    const { server, tls, origin } = client.#access;
    if (tls.isInsecure) {
      logger.warning("{server} is believed whoever it is: {origin} says insecure-skip-tls-verify", {
        ...{ server, origin },
      });
    }
    return client;
  }

  /** Tells connections apart: `renew` begins a new generation of them. */
  get generation(): number {
    return this.#generation;
  }

  /** The server's URL. */
  get server(): string {
    return this.#access.server;
  }

  /**
   * Asks for a path with its query; the answer is a success.
   *
   * @throws {ApiError} where the server refused.
   * @throws {UnreachableError} where it did not answer, or `signal` was aborted.
   */
  async get(path: string, signal: AbortSignal): Promise<Answer> {
    return await this.#request({ method: "GET", path, signal });
  }

  /**
   * Applies a part of an object (server-side apply, JSON), with a path and its query; the answer
   * is a success. Throws as `get` does; where there is no answer it may have been applied.
   */
  async apply(path: string, body: string, signal: AbortSignal): Promise<Answer> {
    return await this.#request({ method: "PATCH", path, body, signal });
  }

  /**
   * Lets new requests use new connections, those of an older generation being suspect. A dead
   * connection tells nothing, and HTTP/2 would put every new request onto it.
   */
  renew(generation: number): void {
    if (generation === this.#generation) this.#replaceTransport(openTransport(this.#access));
  }

  /** Drops the connections. */
  close(): void {
    this.#transport.close();
  }

  /** Where the server does not take who we are, that is read anew, and tried once more. */
  async #request(request: ApiRequest): Promise<Answer> {
    const authorization = await this.#authorization();
    const generation = this.#generation;
    const answer = await this.#send(request, authorization);
    if (answer.status !== 401) return await successOf(answer, request);
    const refusal = await refusalOf(answer);
    await this.#reload();
    const fresh = await this.#authorization();
    if (fresh === authorization && generation === this.#generation) {
      throw new ApiError(nameOf(request), refusal);
    }
    return await successOf(await this.#send(request, fresh), request);
  }

  async #send(
    { method, path, body, signal }: ApiRequest,
    authorization: string | undefined,
  ): Promise<Answer> {
    // Compressing a list costs the server more time than it saves.
    const headers = {
      "accept": "application/json",
      "accept-encoding": "identity",
      "user-agent": "hedgerow",
      ...(authorization === undefined ? {} : { authorization }),
      ...(body === undefined ? {} : { "content-type": "application/apply-patch+yaml" }),
    };
    const url = this.#access.server + path;
    try {
      return await this.#transport.send({ method, url, headers, body, signal });
    } catch (error) {
      // The authority or our certificate may have been replaced on disk.
      if (error instanceof UnreachableError && !signal.aborted) await this.#reload();
      throw error;
    }
  }

  async #authorization(): Promise<string | undefined> {
    const { authorization } = this.#access;
    switch (authorization.kind) {
      case "none":
        return undefined;
      case "token":
        return `Bearer ${authorization.token}`;
      case "token file":
        return `Bearer ${await this.#tokenFile?.token()}`;
      case "basic":
        return `Basic ${encodeBase64(`${authorization.username}:${authorization.password}`)}`;
      default:
        return authorization satisfies never;
    }
  }

  /** Reads everything anew, once for all who ask meanwhile. What cannot be read stays as it was. */
  async #reload(): Promise<void> {
    this.#reloading ??= this.#reloadOnce().finally(() => this.#reloading = undefined);
    await this.#reloading;
  }

  async #reloadOnce(): Promise<void> {
    try {
      const before = this.#access;
      const access = await this.#load();
      const isSame = access.server === before.server && isSameTls(access.tls, before.tls);
      const transport = isSame ? undefined : openTransport(access);
      this.#access = access;
      if (!isSameTokenFile(before, access)) this.#tokenFile = tokenFileOf(access);
      await this.#tokenFile?.refresh();
      if (transport === undefined) return;
      this.#replaceTransport(transport);
      logger.info("{origin} has changed: new connections", { origin: access.origin });
    } catch (error) {
      if (!(error instanceof AccessError)) throw error;
      logger.warning("{error}; going on with what was read before", { error: error.message });
    }
  }

  #replaceTransport(transport: Transport): void {
    this.#transport.close();
    this.#transport = transport;
    this.#generation++;
  }
}

interface ApiRequest {
  readonly method: "GET" | "PATCH";
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly signal: AbortSignal;
}

function openTransport(access: Access): Transport {
  try {
    return makeTransport(access);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message.split("\n")[0] ?? "" : String(cause);
    const expected = "certificates and a key that belong together";
    throw new AccessError({ origin: access.origin, field: "TLS", found, expected }, { cause });
  }
}

function tokenFileOf({ authorization, origin }: Access): TokenFile | undefined {
  return authorization.kind === "token file"
    ? new TokenFile(authorization.path, origin)
    : undefined;
}

function isSameTokenFile({ authorization: a }: Access, { authorization: b }: Access): boolean {
  return a.kind === "token file" && b.kind === "token file" && a.path === b.path;
}

function encodeBase64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

async function successOf(answer: Answer, request: ApiRequest): Promise<Answer> {
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new ApiError(nameOf(request), await refusalOf(answer));
}

/** For messages: `get /api/v1/pods`. */
function nameOf({ method, path }: ApiRequest): string {
  return `${method.toLowerCase()} ${path.split("?")[0]}`;
}

/** More than any `Status` has. */
const longestRefusal = 64 * 1024;

async function refusalOf(answer: Answer): Promise<Refusal> {
  const text = await readText(answer.body, longestRefusal);
  const retryAfterMs = tryParseRetryAfter(answer.header("retry-after"), Date.now());
  const said = tryParseStatus(tryParseJson(text));
  const message = said?.message ?? text.slice(0, 200).trim();
  return {
    status: answer.status,
    reason: said?.reason ?? "",
    message: message === "" ? "no explanation" : message,
    retryAfterMs: retryAfterMs ?? said?.retryAfterMs,
  };
}

function tryParseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch { // whatever stands between us and the server answers in its own way
    return undefined;
  }
}
