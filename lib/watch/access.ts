// This module is pure.

/** How to reach an API server, and as whom: what a kubeconfig or a service account says. */
export interface Access {
  /** What it was read from, for messages: `kubeconfig /etc/kubernetes/admin.conf`. */
  readonly origin: string;
  /** The base of every URL, without a slash at its end: `https://10.96.0.1:443`. */
  readonly server: string;
  /** How the server is trusted. */
  readonly tls: TlsSettings;
  /** How the agent proves who it is; certificates stand in `tls`. */
  readonly authorization: Authorization;
}

/** How the server proves itself to us, and we to it by a certificate. All in PEM. */
export interface TlsSettings {
  /** The authorities that may vouch for the server; undefined: the public ones. */
  readonly authorities: string | undefined;
  /** True for `insecure-skip-tls-verify`: whoever answers is believed. */
  readonly isInsecure: boolean;
  /** The name that the server's certificate must hold; undefined: the URL's. */
  readonly serverName: string | undefined;
  /** Undefined: no client certificate. */
  readonly client: ClientCertificate | undefined;
}

/** A certificate, and the key that it is about, in PEM. */
export interface ClientCertificate {
  /** In PEM, with what leads to the authority. */
  readonly certificate: string;
  /** In PEM, not encrypted. */
  readonly key: string;
}

/** What the `Authorization` header says. */
export type Authorization =
  | { readonly kind: "none" }
  | { readonly kind: "token"; readonly token: string }
  /** A file whose content changes: tokens of service accounts live for an hour. */
  | { readonly kind: "token file"; readonly path: string }
  | { readonly kind: "basic"; readonly username: string; readonly password: string };

/** Tells whether both would be proven by the same means. */
export function isSameTls(a: TlsSettings, b: TlsSettings): boolean {
  return a.authorities === b.authorities && a.isInsecure === b.isInsecure &&
    a.serverName === b.serverName && a.client?.certificate === b.client?.certificate &&
    a.client?.key === b.client?.key;
}
