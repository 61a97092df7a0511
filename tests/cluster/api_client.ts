import type { ApiObject } from "../lab/objects.ts";
import type { Credentials } from "./authority.ts";

/** An answer of the API server that is no success. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** As HTTP has it. */
  readonly status: number;

  constructor(request: string, status: number, message: string) {
    super(`Cannot ${request}: ${status}: ${message}`);
    this.status = status;
  }
}

/** How a client shows who it is: a certificate, a bearer token, or not at all. */
export type Identity =
  | { readonly certificate: Credentials }
  | { readonly token: string }
  | Record<never, never>;

/** A plain client of the API server: a request, an answer. */
export class ApiClient implements Disposable {
  readonly #server: string;
  readonly #http: Deno.HttpClient;
  readonly #headers: Readonly<Record<string, string>>;

  /** `authority` is the certificate that vouches for the server, as PEM. */
  constructor(server: string, authority: string, identity: Identity = {}) {
    this.#server = server;
    const own = "certificate" in identity ? identity.certificate : undefined;
    this.#http = Deno.createHttpClient({
      caCerts: [authority],
      ...(own && { cert: own.certificate, key: own.key }),
    });
    this.#headers = "token" in identity ? { Authorization: `Bearer ${identity.token}` } : {};
  }

  /** Reads. */
  async get(path: string): Promise<ApiObject> {
    return await this.#request("GET", path) as ApiObject;
  }

  /** Reads what is no single object, as it comes. */
  async text(path: string): Promise<string> {
    return await (await this.#fetch("GET", path)).text();
  }

  /** Creates an object; `path` is that of its kind. */
  async create(path: string, object: ApiObject): Promise<ApiObject> {
    return await this.#request("POST", path, asJson(object)) as ApiObject;
  }

  /** Changes the fields that a merge patch names. */
  async patch(path: string, change: unknown): Promise<ApiObject> {
    const content = asJson(change, "application/merge-patch+json");
    return await this.#request("PATCH", path, content) as ApiObject;
  }

  /** Applies a part of an object: a body in YAML, as it is. */
  async apply(path: string, body: string): Promise<ApiObject> {
    return await this.#request("PATCH", path, {
      body,
      type: "application/apply-patch+yaml",
    }) as ApiObject;
  }

  /** Deletes at once, without a grace period: no kubelet is there to confirm. */
  delete(path: string): Promise<unknown> {
    return this.#request("DELETE", path, asJson({ gracePeriodSeconds: 0 }));
  }

  /** The status of an answer, whatever it is; its body is read no further. */
  async status(path: string): Promise<number> {
    const response = await this.#fetch("GET", path);
    await response.body?.cancel();
    return response.status;
  }

  [Symbol.dispose](): void {
    this.#http.close();
  }

  async #request(method: string, path: string, content?: Content): Promise<unknown> {
    const response = await this.#fetch(method, path, content);
    const text = await response.text();
    if (!response.ok) throw new ApiError(`${method} ${path}`, response.status, text);
    return JSON.parse(text);
  }

  #fetch(method: string, path: string, content?: Content): Promise<Response> {
    return fetch(this.#server + path, {
      method,
      client: this.#http,
      headers: { ...this.#headers, ...(content && { "Content-Type": content.type }) },
      ...(content && { body: content.body }),
    });
  }
}

/** What is sent with a request. */
interface Content {
  readonly type: string;
  readonly body: string;
}

function asJson(value: unknown, type = "application/json"): Content {
  return { type, body: JSON.stringify(value) };
}
