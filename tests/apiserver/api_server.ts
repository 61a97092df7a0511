import { answerDiscovery } from "./discovery.ts";
import { Faults } from "./faults.ts";
import {
  type ApiPath,
  type ServedKind,
  servedKinds,
  tryFindApiVersion,
  tryParseApiPath,
} from "./kinds.ts";
import { Pages } from "./pages.ts";
import { answerRead } from "./read_requests.ts";
import { ObjectStore } from "./store.ts";
import type { Watch } from "./watch.ts";
import { statusResponse } from "./wire.ts";
import { answerWrite } from "./write_requests.ts";

/** What a server is made with. */
export interface ApiServerOptions {
  /** 127.0.0.1 where nothing is said. */
  readonly hostname?: string;
  /** 0, a free one, where nothing is said. */
  readonly port?: number;
  /** In PEM; without it the server speaks plain HTTP. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** How often watches are told the version; a minute where nothing is said. */
  readonly bookmarkMs?: number;
  readonly store?: ObjectStore;
}

/** A request, as it was logged. */
export interface RequestRecord {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

/** So many requests are remembered. */
const mostRequests = 10_000;

/**
 * An API server that serves the kinds hedgerow reads, by the real protocol: lists in pages,
 * streamed lists, watches with bookmarks, a history that can be forgotten.
 */
export class ApiServer {
  readonly faults: Faults = new Faults();
  /** Replaced, it is a new history. */
  store: ObjectStore;
  /** The bearer tokens that are taken; undefined: nobody is asked for one. */
  tokens: ReadonlySet<string> | undefined;
  readonly #options: ApiServerOptions;
  readonly #watches = new Set<Watch>();
  /** Resources whose CRD is not installed. */
  readonly #uninstalled = new Set<string>();
  /** resource -> the group and version that it is served in, in place of its own */
  readonly #moved = new Map<string, string>();
  readonly #requests: RequestRecord[] = [];
  #pages = new Pages();
  #port: number;
  #listener: { readonly server: Deno.HttpServer; readonly abort: AbortController } | undefined;

  constructor(options: ApiServerOptions = {}) {
    this.#options = options;
    this.#port = options.port ?? 0;
    this.store = options.store ?? new ObjectStore();
  }

  /** What clients are told; the port is known once the server has been started. */
  get url(): string {
    const { hostname = "127.0.0.1", tls } = this.#options;
    const host = hostname.includes(":") ? `[${hostname}]` : hostname;
    return `${tls === undefined ? "http" : "https"}://${host}:${this.#port}`;
  }

  /** The port; the same again after a stop. */
  get port(): number {
    return this.#port;
  }

  /** The last requests, the oldest first. */
  get requests(): readonly RequestRecord[] {
    return this.#requests;
  }

  /** The watches that are open, of one resource or of all. */
  watches(resource?: string): readonly Watch[] {
    return [...this.#watches].filter(({ request: { collection } }) =>
      resource === undefined || collection.kind.resource === resource
    );
  }

  /**
   * Begins to listen, and does when it returns: called while its thread is in another network
   * namespace, it listens there.
   */
  start(): void {
    const { hostname = "127.0.0.1", tls } = this.#options;
    const abort = new AbortController();
    const address = { hostname, port: this.#port, signal: abort.signal, onListen: () => {} };
    const handler = (request: Request): Promise<Response> => this.#answer(request);
    const server = tls === undefined
      ? Deno.serve(address, handler)
      : Deno.serve({ ...address, cert: tls.certificate, key: tls.key }, handler);
    this.#port = server.addr.port;
    this.#listener = { server, abort };
  }

  /** Listens no more and breaks off everything that is under way. */
  async stop(): Promise<void> {
    const listener = this.#listener;
    if (listener === undefined) return;
    this.#listener = undefined;
    listener.abort.abort();
    await listener.server.finished;
    this.#pages = new Pages();
  }

  /** Serves a resource again: its CRD has been installed. */
  install(resource: string): void {
    this.#uninstalled.delete(resource);
  }

  /** Does not know a resource yet, as a server that has just begun; `install` ends it. */
  hide(resource: string): void {
    this.#uninstalled.add(resource);
    for (const watch of this.watches(resource)) watch.complete();
  }

  /** Serves a resource no more: who deletes a CRD deletes its objects first, then watches end. */
  uninstall(resource: string): void {
    const { objects } = this.store.collection(resource);
    for (const key of [...objects.keys()]) this.store.delete(resource, key);
    this.hide(resource);
  }

  /**
   * Serves a resource in another version, and in its own no more, or in its own again: its CRD has
   * changed. The objects are as they were; ours are the paths of its own version alone.
   */
  move(resource: string, apiVersion?: string): void {
    if (apiVersion === undefined) this.#moved.delete(resource);
    else this.#moved.set(resource, apiVersion);
    for (const watch of this.watches(resource)) watch.complete();
  }

  /** Breaks every connection. Clients that come back at once are served. */
  async drop(): Promise<void> {
    await this.stop();
    this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname, searchParams, search } = new URL(request.url);
    const authorization = request.headers.get("authorization") ?? undefined;
    this.#requests.push({
      ...{ method: request.method, path: pathname, query: searchParams, authorization },
    });
    if (this.#requests.length > 2 * mostRequests) this.#requests.splice(0, mostRequests);
    const { delayMs, delays } = this.faults;
    if (delayMs > 0 && delays.test(pathname + search)) {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
    }
    const refusal = this.#refusalOf(pathname + search, authorization);
    if (refusal !== undefined) return refusal;
    if (pathname === "/readyz" || pathname === "/livez") return new Response("ok");
    const discovery = answerDiscovery(pathname, this.#kinds());
    if (discovery !== undefined) return discovery;
    const target = tryParseApiPath(pathname);
    if (target === undefined || !this.#isServed(target)) return notFound(pathname, target);
    if (request.method !== "GET") return await answerWrite(request, { target, store: this.store });
    return answerRead(target, searchParams, {
      ...{ store: this.store, faults: this.faults, pages: this.#pages, watches: this.#watches },
      bookmarkMs: this.#options.bookmarkMs ?? 60_000,
    });
  }

  /** What is served, and in which version. */
  #kinds(): readonly ServedKind[] {
    return servedKinds.filter(({ resource }) => !this.#uninstalled.has(resource))
      .map((kind) => ({ ...kind, apiVersion: this.#moved.get(kind.resource) ?? kind.apiVersion }));
  }

  #isServed({ kind: { resource } }: ApiPath): boolean {
    return !this.#uninstalled.has(resource) && !this.#moved.has(resource);
  }

  #refusalOf(pathAndQuery: string, authorization: string | undefined): Response | undefined {
    const fault = this.faults.refusalOf(pathAndQuery);
    if (fault !== undefined) return statusResponse(fault);
    const token = /^Bearer (.+)$/.exec(authorization ?? "")?.[1] ?? "";
    if (this.tokens === undefined || this.tokens.has(token)) return undefined;
    return statusResponse({ code: 401, reason: "Unauthorized", message: "Unauthorized" });
  }
}

/** The real one says nothing of the API where it knows neither group nor version, or no CRD. */
function notFound(path: string, uninstalled: ApiPath | undefined): Response {
  if (uninstalled !== undefined || tryFindApiVersion(path) === undefined) {
    return new Response("404 page not found\n", { status: 404 });
  }
  const message = "the server could not find the requested resource";
  return statusResponse({ code: 404, reason: "NotFound", message });
}
