import { dirname, resolve } from "node:path";
import type { Access, ClientCertificate } from "./access.ts";
import { AccessError } from "./access_error.ts";
import type { Kubeconfig, Material } from "./kubeconfig.ts";

/** Where it is said how the API server is reached. */
export type AccessSource =
  | { readonly kind: "kubeconfig"; readonly path: string }
  /** A pod's service account, and the environment that the kubelet gives to every container. */
  | { readonly kind: "in-cluster" };

/** What a pod finds around itself. */
export interface PodSurroundings {
  /** The value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** The folder in which the service account's `token` and `ca.crt` are mounted. */
  readonly serviceAccount: string;
}

const realSurroundings: PodSurroundings = {
  env: (name) => Deno.env.get(name),
  serviceAccount: "/var/run/secrets/kubernetes.io/serviceaccount",
};

/**
 * Reads how the API server is reached, with all the files that are mentioned but the token's,
 * which is read again and again.
 *
 * @throws {AccessError} that names file and field, what was found and what is expected.
 */
export async function readAccess(
  source: AccessSource,
  around: PodSurroundings = realSurroundings,
): Promise<Access> {
  switch (source.kind) {
    case "kubeconfig":
      return await readKubeconfig(source.path);
    case "in-cluster":
      return await readServiceAccount(around);
    default:
      return source satisfies never;
  }
}

async function readKubeconfig(path: string): Promise<Access> {
  const origin = `kubeconfig ${path}`;
  const text = await readFile(path, { origin, field: "" });
  const folder = dirname(resolve(path));
  const { parseKubeconfig } = await import("./kubeconfig.ts"); // in a cluster nobody reads YAML
  const config = parseKubeconfig(text, { origin, resolve: (file) => resolve(folder, file) });
  const { server, isInsecure, serverName, authorization } = config;
  const authorities = await authoritiesOf(config, origin);
  const client = await clientOf(config, origin);
  return { origin, server, tls: { authorities, isInsecure, serverName, client }, authorization };
}

async function authoritiesOf(config: Kubeconfig, origin: string): Promise<string | undefined> {
  const { authorities } = config;
  return authorities && await readPem(authorities, { origin, kind: "CERTIFICATE" });
}

async function clientOf(
  { client }: Kubeconfig,
  origin: string,
): Promise<ClientCertificate | undefined> {
  if (client === undefined) return undefined;
  const certificate = await readPem(client.certificate, { origin, kind: "CERTIFICATE" });
  return { certificate, key: await readPem(client.key, { origin, kind: "PRIVATE KEY" }) };
}

async function readServiceAccount({ env, serviceAccount }: PodSurroundings): Promise<Access> {
  const origin = "the in-cluster settings";
  const [host, port] = ["KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT"].map((field) => {
    const value = env(field);
    if (value !== undefined && value !== "") return value;
    const expected = "the API server's address, which every container of a pod is given " +
      "(outside a cluster, use --kubeconfig)";
    throw new AccessError({ origin, field, found: "nothing", expected });
  });
  const server = `https://${host?.includes(":") ? `[${host}]` : host}:${port}`;
  if (!URL.canParse(server)) {
    const expected = "an address and a port";
    throw new AccessError({ origin, field: "KUBERNETES_SERVICE_HOST", found: server, expected });
  }
  const path = resolve(serviceAccount, "ca.crt");
  const authorities = await readPem({ kind: "file", field: "ca.crt", path }, {
    origin,
    kind: "CERTIFICATE",
  });
  const tls = { authorities, isInsecure: false, serverName: undefined, client: undefined };
  const token = resolve(serviceAccount, "token");
  return { origin, server, tls, authorization: { kind: "token file", path: token } };
}

interface PemKind {
  readonly origin: string;
  readonly kind: "CERTIFICATE" | "PRIVATE KEY";
}

/** What holds no PEM of the kind would be passed over in silence by the TLS library. */
async function readPem(material: Material, { origin, kind }: PemKind): Promise<string> {
  const { field } = material;
  const text = material.kind === "text"
    ? material.text
    : await readFile(material.path, { origin, field });
  const where = material.kind === "text" ? "" : ` in ${material.path}`;
  const expected = `-----BEGIN ${kind}-----`;
  if (/ENCRYPTED/.test(text)) {
    throw new AccessError({ origin, field, found: `an encrypted key${where}`, expected });
  }
  if (new RegExp(`-----BEGIN ([A-Z]+ )?${kind}-----`).test(text)) return text;
  throw new AccessError({ origin, field, found: `no such PEM${where}`, expected });
}

async function readFile(
  path: string,
  { origin, field }: { origin: string; field: string },
): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const found = cause instanceof Deno.errors.NotFound
      ? `no file ${path}`
      : `a file that cannot be read (${cause instanceof Error ? cause.message : cause})`;
    throw new AccessError({ origin, field, found, expected: "a readable file" }, { cause });
  }
}
