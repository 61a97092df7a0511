import { connect } from "node:net";
import { createServer, type Server, type TLSSocket } from "node:tls";

/** What a gate is made with, all in PEM. */
export interface GateOptions {
  /** The port of the plain server behind it. */
  readonly port: number;
  readonly certificate: string;
  readonly key: string;
  /** The authority of the clients that are let through. */
  readonly clientAuthority: string;
}

/** A TLS server that lets through only clients with a certificate of an authority. */
export class ClientCertificateGate {
  readonly #server: Server;
  readonly #sockets = new Set<{ destroy(): void }>();
  readonly #subjects: string[] = [];

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Listens on a free port of 127.0.0.1. */
  static async open(
    { port, certificate, key, clientAuthority }: GateOptions,
  ): Promise<ClientCertificateGate> {
    const settings = { requestCert: true, rejectUnauthorized: true, ca: clientAuthority };
    const server = createServer({ cert: certificate, key, ...settings });
    const gate = new ClientCertificateGate(server);
    server.on("secureConnection", (socket: TLSSocket) => gate.#pass(socket, port));
    server.on("tlsClientError", () => {}); // who is refused is told so
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
    return gate;
  }

  /** The port that it listens on. */
  get port(): number {
    const address = this.#server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  }

  /** The common names of those who were let through, one for each connection. */
  get names(): readonly string[] {
    return this.#subjects;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #pass(client: TLSSocket, port: number): void {
    this.#subjects.push(`${client.getPeerCertificate().subject?.CN}`);
    const server = connect(port, "127.0.0.1");
    for (const [from, to] of [[client, server], [server, client]] as const) {
      this.#sockets.add(from);
      from.on("error", () => to.destroy());
      from.on("close", () => {
        to.destroy();
        this.#sockets.delete(from);
      });
      from.pipe(to);
    }
  }
}
