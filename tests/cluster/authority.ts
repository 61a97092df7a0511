import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** A certificate and its private key, both as PEM. */
export interface Credentials {
  readonly certificate: string;
  readonly key: string;
}

const signing = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const DAY_MS = 86_400_000;

/** A certificate authority, as every cluster has its own. */
export class Authority {
  readonly #certificate: x509.X509Certificate;
  readonly #key: CryptoKey;

  private constructor(certificate: x509.X509Certificate, key: CryptoKey) {
    this.#certificate = certificate;
    this.#key = key;
  }

  /** A new one, whose certificate it signs itself. */
  static async create(): Promise<Authority> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.createSelfSigned({
      name: "CN=kubernetes",
      keys,
      signingAlgorithm: signing,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      ],
    });
    return new Authority(certificate, keys.privateKey);
  }

  /** Its own certificate, as PEM. */
  get certificate(): string {
    return pem(this.#certificate);
  }

  /** For a server at these addresses, or by these names. */
  issueServing(addresses: readonly string[]): Promise<Credentials> {
    return this.#issue("CN=kube-apiserver", [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(addresses.map(hostName)),
    ]);
  }

  /** For a client: to the API server the common name is a user, the organization a group. */
  issueClient(user: string, group: string): Promise<Credentials> {
    return this.#issue(`CN=${user}, O=${group}`, [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ]);
  }

  async #issue(subject: string, extensions: readonly x509.Extension[]): Promise<Credentials> {
    const keys = await generateKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer: this.#certificate.subject,
      publicKey: keys.publicKey,
      signingKey: this.#key,
      signingAlgorithm: signing,
      ...validity(),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        ...extensions,
      ],
    });
    return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
  }
}

/** A pair of keys as PEM: the API server signs service accounts' tokens with it. */
export interface SigningKey {
  readonly publicKey: string;
  readonly privateKey: string;
}

/** A new pair of keys. */
export async function createSigningKey(): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeys();
  const spki = await crypto.subtle.exportKey("spki", publicKey);
  return {
    publicKey: x509.PemConverter.encode(spki, "PUBLIC KEY") + "\n",
    privateKey: await exportKey(privateKey),
  };
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return await crypto.subtle.generateKey(signing, true, ["sign", "verify"]);
}

async function exportKey(key: CryptoKey): Promise<string> {
  return x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY") +
    "\n";
}

function pem(certificate: x509.X509Certificate): string {
  return certificate.toString("pem") + "\n";
}

function validity(): { readonly notBefore: Date; readonly notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - DAY_MS), notAfter: new Date(now + DAY_MS) };
}

function hostName(value: string): x509.JsonGeneralName {
  return { type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value };
}
