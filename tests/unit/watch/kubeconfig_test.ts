import { deepEqual, equal, throws } from "node:assert/strict";
import { AccessError } from "../../../lib/watch/access_error.ts";
import { type Kubeconfig, parseKubeconfig } from "../../../lib/watch/kubeconfig.ts";

const place = { origin: "kubeconfig k", resolve: (path: string) => `/etc/k/${path}` };

/** A kubeconfig with one cluster and one user. */
function config(cluster: object, user: object = {}): string {
  return JSON.stringify({
    clusters: [{ name: "other", cluster: {} }, { name: "c", cluster }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}

const server = "https://10.0.0.1:6443";

function parse(cluster: object, user: object = {}): Kubeconfig {
  return parseKubeconfig(config({ server, ...cluster }, user), place);
}

function refuses(text: string, message: string): void {
  throws(() => parseKubeconfig(text, place), (error) => {
    equal(error instanceof AccessError && error.message, `Cannot read kubeconfig k:${message}`);
    return true;
  });
}

Deno.test("the current context's cluster and user are taken", () => {
  const text = `
apiVersion: v1
kind: Config
current-context: b
contexts:
- {name: a, context: {cluster: one, user: x}}
- {name: b, context: {cluster: two, user: y, namespace: ignored}}
clusters:
- {name: one, cluster: {server: "https://one"}}
- {name: two, cluster: {server: "https://two:6443/", certificate-authority: ca.crt}}
users:
- {name: x, user: {token: "not this"}}
- {name: y, user: {token: this}}
`;
  deepEqual(parseKubeconfig(text, place), {
    server: "https://two:6443",
    isInsecure: false,
    serverName: undefined,
    authorities: { field: "certificate-authority", kind: "file", path: "/etc/k/ca.crt" },
    client: undefined,
    authorization: { kind: "token", token: "this" },
  });
});

Deno.test("a server may have a path, and an IPv6 address", () => {
  equal(parse({ server: "https://rancher/k8s/c-1/" }).server, "https://rancher/k8s/c-1");
  equal(parse({ server: "https://[fd00::1]:6443" }).server, "https://[fd00::1]:6443");
  equal(parse({ server: "http://127.0.0.1:8080" }).server, "http://127.0.0.1:8080");
});

Deno.test("data in base64 goes before a file", () => {
  const cluster = {
    "certificate-authority": "ca.crt",
    "certificate-authority-data": btoa("a certificate"),
  };
  const field = "certificate-authority-data";
  deepEqual(parse(cluster).authorities, { field, kind: "text", text: "a certificate" });
});

Deno.test("a token's file goes before a token, as it is kept up to date", () => {
  const { authorization } = parse({}, { token: "t", tokenFile: "token" });
  deepEqual(authorization, { kind: "token file", path: "/etc/k/token" });
});

Deno.test("a user may be absent, or have a name and a password", () => {
  const anonymous = JSON.parse(config({ server }));
  delete anonymous.contexts[0].context.user;
  equal(parseKubeconfig(JSON.stringify(anonymous), place).authorization.kind, "none");
  deepEqual(parse({}, { username: "u", password: "p" }).authorization, {
    ...{ kind: "basic", username: "u", password: "p" },
  });
});

Deno.test("what is missing is told with what is there", () => {
  refuses("", " found nothing, expected a mapping");
  refuses("- a", " found a list, expected a mapping");
  refuses("{}", " current-context: found nothing, expected a context's name");
  refuses("current-context: x", ` contexts: found no entries, expected one named "x"`);
  const wrong = { ...JSON.parse(config({ server })), "current-context": "y" };
  refuses(JSON.stringify(wrong), ` contexts: found entries named "x", expected one named "y"`);
  refuses(
    JSON.stringify({ ...wrong, "current-context": "x", clusters: {} }),
    " clusters: found a mapping, expected a list",
  );
  const url = "expected a URL as https://10.0.0.1:6443";
  refuses(config({}), ` clusters[1].cluster.server: found nothing, ${url}`);
  refuses(
    config({ server: "10.0.0.1" }),
    ` clusters[1].cluster.server: found "10.0.0.1", ${url}`,
  );
});

Deno.test("broken YAML is told by its line, without what stands there", () => {
  refuses(
    `current-context: x\nusers:\n- {token: "secret`,
    " found broken YAML in line 3 (MISSING_CHAR), expected a kubeconfig",
  );
});

Deno.test("the value of a field that may be secret is never told", () => {
  const user = { token: ["secret"] };
  refuses(config({ server }, user), " users[0].user.token: found a list, expected a string");
  refuses(
    config({ server: "https://me:secret@host" }),
    " clusters[1].cluster.server: found a URL with a password, " +
      "expected a URL as https://10.0.0.1:6443",
  );
  refuses(
    config({ server }, { "client-key-data": "%secret%", "client-certificate-data": btoa("x") }),
    " users[0].user.client-key-data: found text that is not base64, expected PEM in base64",
  );
});

Deno.test("credentials by programs, impersonation and proxies are refused", () => {
  const program = "found credentials by a program, " +
    "expected a token, tokenFile or client certificate: no program is run for credentials";
  for (const name of ["exec", "auth-provider"]) {
    refuses(config({ server }, { [name]: {} }), ` users[0].user.${name}: ${program}`);
  }
  refuses(
    config({ server }, { as: "admin" }),
    " users[0].user.as: found an impersonation, expected none: the user's own rights",
  );
  refuses(
    config({ server, "proxy-url": "http://proxy" }),
    " clusters[1].cluster.proxy-url: found a proxy, " +
      "expected none: the API server is reached directly",
  );
});

Deno.test("settings that contradict each other are refused", () => {
  refuses(
    config({ server, "insecure-skip-tls-verify": true, "certificate-authority": "ca" }),
    " clusters[1].cluster.insecure-skip-tls-verify: found true, " +
      "expected false, or no certificate-authority: a check cannot be asked for and skipped",
  );
  refuses(
    config({ server }, { username: "u", token: "t" }),
    " users[0].user.username: found a user name beside a token, expected one of the two",
  );
  refuses(
    config({ server }, { "client-key": "key" }),
    " users[0].user.client-certificate: found nothing, expected one to the key",
  );
  refuses(
    config({ server }, { "client-certificate": "crt" }),
    " users[0].user.client-key: found nothing, expected one to the certificate",
  );
});
