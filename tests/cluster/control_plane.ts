import { ApiClient, type Identity } from "./api_client.ts";
import { API_PORT, ApiServer } from "./api_server.ts";
import { type AuditedRequest, auditPolicy, readAuditLog } from "./audit_log.ts";
import { Authority, createSigningKey } from "./authority.ts";
import { Etcd } from "./etcd.ts";
import { Kubectl } from "./kubectl.ts";
import { findPrograms } from "./programs.ts";

/** What a control plane is made of. */
export interface ControlPlaneOptions {
  /** Where nodes reach it, the first by default; its certificate is for these and for loopback. */
  readonly addresses: readonly [string, ...string[]];
  /** For its files. */
  readonly folder: string;
  /** With an old etcd the API server refuses to stream lists. */
  readonly etcd?: "current" | "old";
  /** What the API server is told besides what it needs. */
  readonly flags?: readonly string[];
}

/** The loopback address, where the tests themselves reach it. */
const LOOPBACK = "127.0.0.1";

interface Parts {
  readonly authority: Authority;
  readonly etcd: Etcd;
  readonly apiServer: ApiServer;
  readonly admin: ApiClient;
  readonly kubectl: Kubectl;
}

/** An API server with its database, its authority, and somebody who may do everything. */
export class ControlPlane implements AsyncDisposable {
  readonly #options: ControlPlaneOptions;
  readonly #parts: Parts;
  readonly #stack: AsyncDisposableStack;
  /** Who vouches for the API server's certificate. */
  #voucher: Authority;

  private constructor(options: ControlPlaneOptions, parts: Parts, stack: AsyncDisposableStack) {
    this.#options = options;
    this.#parts = parts;
    this.#stack = stack;
    this.#voucher = parts.authority;
  }

  /** Starts everything; when that fails nothing of it is left. */
  static async start(options: ControlPlaneOptions): Promise<ControlPlane> {
    await using stack = new AsyncDisposableStack();
    const parts = await startParts(options, stack);
    return new ControlPlane(options, parts, stack.move());
  }

  /** The API as system:masters sees it. */
  get admin(): ApiClient {
    return this.#parts.admin;
  }

  /** The same by `kubectl`. */
  get kubectl(): Kubectl {
    return this.#parts.kubectl;
  }

  /** The database. */
  get etcd(): Etcd {
    return this.#parts.etcd;
  }

  /** The path of the authority's certificate. */
  get authorityFile(): string {
    return `${this.#options.folder}/ca.crt`;
  }

  /** The API as somebody else sees it; to be closed by who asked. */
  client(identity: Identity): ApiClient {
    return new ApiClient(urlAt(LOOPBACK), this.#parts.authority.certificate, identity);
  }

  /** Kills the API server; the database lives on. */
  async kill(): Promise<void> {
    await this.#parts.apiServer.kill();
  }

  /** Starts the API server again. */
  async restart(): Promise<void> {
    using anybody = new ApiClient(urlAt(LOOPBACK), this.#voucher.certificate);
    await this.#parts.apiServer.start(() => isReady(anybody));
  }

  /**
   * Gives the running API server another certificate, of its own authority or of `voucher`.
   * Clients that resume a TLS session will not see it before the API server has restarted.
   */
  async rotateCertificate(voucher: Authority = this.#parts.authority): Promise<void> {
    this.#voucher = voucher;
    const serving = await voucher.issueServing([...this.#options.addresses, LOOPBACK]);
    await this.#parts.apiServer.rotate(serving);
  }

  /** What a user, by its full name, has asked so far. */
  requestsOf(user: string): Promise<readonly AuditedRequest[]> {
    return readAuditLog(`${this.#options.folder}/audit.log`, user);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack[Symbol.asyncDispose]();
  }
}

/** The URL of an API server at an address. */
export function urlAt(address: string): string {
  return `https://${address.includes(":") ? `[${address}]` : address}:${API_PORT}`;
}

async function startParts(
  { addresses, folder, etcd: age = "current", flags = [] }: ControlPlaneOptions,
  stack: AsyncDisposableStack,
): Promise<Parts> {
  const programs = await findPrograms(() => {});
  const authority = await Authority.create();
  await Deno.writeTextFile(`${folder}/ca.crt`, authority.certificate);
  const { publicKey, privateKey } = await createSigningKey();
  await Deno.writeTextFile(`${folder}/tokens.pub`, publicKey);
  await Deno.writeTextFile(`${folder}/tokens.key`, privateKey);
  await Deno.writeTextFile(`${folder}/audit.yaml`, auditPolicy);
  const own = await authority.issueClient("admin", "system:masters");
  const admin = stack.use(
    new ApiClient(urlAt(LOOPBACK), authority.certificate, { certificate: own }),
  );
  const database = age === "old" ? programs.oldEtcd : programs.etcd;
  const etcd = stack.use(await Etcd.start(database, folder));
  const apiServer = stack.use(
    new ApiServer({
      program: programs.apiServer,
      address: addresses[0],
      folder,
      etcdUrl: etcd.url,
      flags,
    }),
  );
  await apiServer.install(await authority.issueServing([...addresses, LOOPBACK]));
  await apiServer.start(() => isReady(admin));
  const authorityFile = `${folder}/ca.crt`;
  const kubectl = await Kubectl.create({ server: urlAt(LOOPBACK), authorityFile, own, folder });
  return { authority, etcd, apiServer, admin, kubectl };
}

async function isReady(client: ApiClient): Promise<boolean> {
  try {
    return await client.status("/readyz") === 200;
  } catch (error) {
    if (error instanceof TypeError) return false; // nobody listens yet
    throw error;
  }
}
