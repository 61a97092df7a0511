import { connect } from "node:tls";
import { until } from "../lab/clock.ts";
import type { Credentials } from "./authority.ts";
import { ServerProcess } from "./server_process.ts";

/** The port that API servers have. */
export const API_PORT = 6443;

/** What an API server is started with. */
export interface ApiServerOptions {
  readonly program: string;
  /** Where nodes reach it. */
  readonly address: string;
  /** For its files; its authority's certificate and its keys for tokens are there. */
  readonly folder: string;
  readonly etcdUrl: string;
  /** Besides those that it needs. */
  readonly flags: readonly string[];
}

/** A kube-apiserver: TLS, RBAC, tokens of service accounts, an audit log of what agents ask. */
export class ApiServer implements AsyncDisposable {
  readonly #options: ApiServerOptions;
  #process: ServerProcess | undefined;

  constructor(options: ApiServerOptions) {
    this.#options = options;
  }

  /** Starts it, or starts it again; `isReady` asks it as a client. */
  async start(isReady: () => Promise<boolean>): Promise<void> {
    const { program, folder } = this.#options;
    this.#process = ServerProcess.start(program, { args: argumentsOf(this.#options), folder });
    await this.#process.ready(isReady);
  }

  /** Kills it, as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Puts a serving certificate in place; a running server takes it up by itself. */
  async install({ certificate, key }: Credentials): Promise<void> {
    const { folder } = this.#options;
    await Deno.writeTextFile(`${folder}/serving.key`, key);
    await Deno.writeTextFile(`${folder}/serving.crt`, certificate);
  }

  /** Replaces the serving certificate of a running server and waits until it shows the new one. */
  async rotate(serving: Credentials): Promise<void> {
    await this.install(serving);
    const wanted = derOf(serving.certificate);
    // The server looks at its files when they change, and once a minute in any case.
    await until("the API server shows its new certificate", async () => {
      return await shownCertificate() === wanted;
    }, { timeoutMs: 90_000, everyMs: 100 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}

function argumentsOf({ address, folder, etcdUrl, flags }: ApiServerOptions): readonly string[] {
  return [
    `--etcd-servers=${etcdUrl}`,
    "--bind-address=::",
    `--advertise-address=${address}`,
    `--secure-port=${API_PORT}`,
    `--tls-cert-file=${folder}/serving.crt`,
    `--tls-private-key-file=${folder}/serving.key`,
    `--client-ca-file=${folder}/ca.crt`,
    "--authorization-mode=RBAC",
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${folder}/tokens.pub`,
    `--service-account-signing-key-file=${folder}/tokens.key`,
    "--service-cluster-ip-range=10.96.0.0/16",
    "--endpoint-reconciler-type=none", // else it waits for etcd when it ends
    `--audit-policy-file=${folder}/audit.yaml`,
    `--audit-log-path=${folder}/audit.log`,
    ...flags,
  ];
}

/** What the server on loopback shows now, in base64. */
function shownCertificate(): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: API_PORT, rejectUnauthorized: false };
    const socket = connect(options, () => {
      resolve(new Uint8Array(socket.getPeerCertificate().raw).toBase64());
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

/** The base64 in a PEM text. */
function derOf(pem: string): string {
  return pem.replaceAll(/-----[A-Z ]+-----|\s/g, "");
}
