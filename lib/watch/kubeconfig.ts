// This module is pure.
import { parseDocument } from "yaml";
import { formatFound } from "../decode/report.ts";
import { AccessError } from "./access_error.ts";
import { AccessFields } from "./access_fields.ts";

/** What the current context of a kubeconfig says, its files not read yet. */
export interface Kubeconfig {
  /** Without a slash at its end. */
  readonly server: string;
  /** `insecure-skip-tls-verify`: whoever answers is believed. */
  readonly isInsecure: boolean;
  /** `tls-server-name`; undefined: the name in the URL. */
  readonly serverName: string | undefined;
  /** `certificate-authority(-data)`; undefined: the system's. */
  readonly authorities: Material | undefined;
  /** `client-certificate(-data)` and `client-key(-data)`; undefined: none. */
  readonly client: { readonly certificate: Material; readonly key: Material } | undefined;
  /** A token, where it is found, a name and password, or nothing. */
  readonly authorization:
    | { readonly kind: "none" }
    | { readonly kind: "token"; readonly token: string }
    | { readonly kind: "token file"; readonly path: string }
    | { readonly kind: "basic"; readonly username: string; readonly password: string };
}

/** Something in PEM: the text itself, or the file that holds it. */
export type Material =
  & { readonly field: string }
  & (
    | { readonly kind: "text"; readonly text: string }
    | { readonly kind: "file"; readonly path: string }
  );

/** What a text is taken from. */
export interface KubeconfigPlace {
  /** For messages: `kubeconfig PATH`. */
  readonly origin: string;
  /** Makes a path of the file absolute: they are relative to the file's own folder. */
  readonly resolve: (path: string) => string;
}

/**
 * Reads the current context of a kubeconfig.
 *
 * @throws {AccessError} that names the field, what was found there and what is expected, also for
 * what hedgerow does not do: credentials by programs, impersonation, proxies.
 */
export function parseKubeconfig(text: string, place: KubeconfigPlace): Kubeconfig {
  const top = new AccessFields(parseYaml(text, place.origin), { origin: place.origin, path: "" });
  const current = top.text("current-context");
  if (current === undefined) throw top.error("current-context", "nothing", "a context's name");
  const context = top.entry("contexts", current, "context");
  const clusterName = context.text("cluster");
  if (clusterName === undefined) throw context.error("cluster", "nothing", "a cluster's name");
  const cluster = top.entry("clusters", clusterName, "cluster");
  const userName = context.text("user");
  const user = userName === undefined
    ? new AccessFields({}, { origin: place.origin, path: "users" })
    : top.entry("users", userName, "user");
  return { ...clusterOf(cluster, place), ...userOf(user, place) };
}

function parseYaml(text: string, origin: string): unknown {
  // No excerpt of the text in its messages: there are secrets in it.
  const document = parseDocument(text, { prettyErrors: false, logLevel: "error" });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const line = text.slice(0, error.pos[0]).split("\n").length;
  const found = `broken YAML in line ${line} (${error.code})`;
  throw new AccessError({ origin, field: "", found, expected: "a kubeconfig" }, { cause: error });
}

function clusterOf(
  cluster: AccessFields,
  place: KubeconfigPlace,
): Pick<Kubeconfig, "server" | "isInsecure" | "serverName" | "authorities"> {
  if (cluster.has("proxy-url")) {
    throw cluster.error("proxy-url", "a proxy", "none: the API server is reached directly");
  }
  const authorities = material(cluster, "certificate-authority", place);
  const isInsecure = cluster.truth("insecure-skip-tls-verify");
  if (isInsecure && authorities !== undefined) {
    const expected = "false, or no certificate-authority: a check cannot be asked for and skipped";
    throw cluster.error("insecure-skip-tls-verify", "true", expected);
  }
  const serverName = cluster.text("tls-server-name");
  return { server: serverOf(cluster), isInsecure, serverName, authorities };
}

function serverOf(cluster: AccessFields): string {
  const text = cluster.text("server");
  const url = URL.parse(text ?? "");
  const isUsable = (url?.protocol === "https:" || url?.protocol === "http:") &&
    url.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (isUsable) return url.href.replace(/\/+$/, "");
  const found = url?.password ? "a URL with a password" : formatFound(text);
  throw cluster.error("server", found, "a URL as https://10.0.0.1:6443");
}

function userOf(
  user: AccessFields,
  place: KubeconfigPlace,
): Pick<Kubeconfig, "client" | "authorization"> {
  for (const name of ["exec", "auth-provider"]) {
    if (!user.has(name)) continue;
    const expected = "a token, tokenFile or client certificate: no program is run for credentials";
    throw user.error(name, "credentials by a program", expected);
  }
  for (const name of ["as", "as-uid", "as-groups", "as-user-extra"]) {
    if (user.has(name)) throw user.error(name, "an impersonation", "none: the user's own rights");
  }
  const certificate = material(user, "client-certificate", place);
  const key = material(user, "client-key", place);
  if (certificate === undefined && key === undefined) {
    return { client: undefined, authorization: authorizationOf(user, place) };
  }
  if (certificate === undefined) {
    throw user.error("client-certificate", "nothing", "one to the key");
  }
  if (key === undefined) throw user.error("client-key", "nothing", "one to the certificate");
  return { client: { certificate, key }, authorization: authorizationOf(user, place) };
}

function authorizationOf(user: AccessFields, place: KubeconfigPlace): Kubeconfig["authorization"] {
  const tokenFile = user.text("tokenFile");
  const token = user.text("token");
  const username = user.text("username");
  if (username !== undefined && (tokenFile ?? token) !== undefined) {
    throw user.error("username", "a user name beside a token", "one of the two");
  }
  // The file wins, as in other clients: it is the one that is kept up to date.
  if (tokenFile !== undefined) return { kind: "token file", path: place.resolve(tokenFile) };
  if (token !== undefined) return { kind: "token", token };
  if (username === undefined) return { kind: "none" };
  return { kind: "basic", username, password: user.text("password") ?? "" };
}

/** `NAME-data` in base64 or, where that is absent, the file `NAME`. */
function material(
  fields: AccessFields,
  name: string,
  place: KubeconfigPlace,
): Material | undefined {
  const data = fields.text(`${name}-data`);
  const field = data === undefined ? name : `${name}-data`;
  const path = fields.text(name);
  if (data !== undefined) return { field, kind: "text", text: decodeBase64(data, field, fields) };
  return path === undefined ? undefined : { field, kind: "file", path: place.resolve(path) };
}

function decodeBase64(data: string, field: string, fields: AccessFields): string {
  try {
    return atob(data.replaceAll(/\s/g, ""));
  } catch { // the error tells nothing more
    throw fields.error(field, "text that is not base64", "PEM in base64");
  }
}
