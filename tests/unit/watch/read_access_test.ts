import { deepEqual, equal, rejects } from "node:assert/strict";
import { readAccess } from "../../../lib/watch/read_access.ts";
import { TokenFile } from "../../../lib/watch/token_file.ts";

const certificate = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";

/** Runs with a folder of files that is gone afterwards. */
async function withFolder(
  files: Readonly<Record<string, string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "hedgerow-access-" });
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

function kubeconfig(user: object): string {
  return JSON.stringify({
    clusters: [{ name: "c", cluster: { server: "https://host" } }],
    users: [{ name: "u", user }],
    contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
    "current-context": "x",
  });
}

Deno.test("in a cluster it is the service account, by IPv6 too", async () => {
  await withFolder({ "ca.crt": certificate, token: "t" }, async (serviceAccount) => {
    for (const [host, url] of [["10.96.0.1", "10.96.0.1"], ["fd00::1", "[fd00::1]"]]) {
      const env = new Map([
        ["KUBERNETES_SERVICE_HOST", host],
        ["KUBERNETES_SERVICE_PORT", "443"],
      ]);
      const around = { env: (name: string) => env.get(name), serviceAccount };
      const access = await readAccess({ kind: "in-cluster" }, around);
      equal(access.server, `https://${url}:443`);
      equal(access.tls.authorities, certificate);
      deepEqual(access.authorization, { kind: "token file", path: `${serviceAccount}/token` });
    }
  });
});

Deno.test("outside a cluster the in-cluster settings are told to be missing", async () => {
  await rejects(readAccess({ kind: "in-cluster" }, { env: () => undefined, serviceAccount: "/" }), {
    message: "Cannot read the in-cluster settings: KUBERNETES_SERVICE_HOST: found nothing, " +
      "expected the API server's address, which every container of a pod is given " +
      "(outside a cluster, use --kubeconfig)",
  });
});

Deno.test("a kubeconfig that is not there, or no file, is told", async () => {
  await withFolder({}, async (folder) => {
    await rejects(readAccess({ kind: "kubeconfig", path: `${folder}/none` }), {
      name: "AccessError",
      message: `Cannot read kubeconfig ${folder}/none: found no file ${folder}/none, ` +
        "expected a readable file",
    });
    await rejects(readAccess({ kind: "kubeconfig", path: folder }), {
      message: /found a file that cannot be read \(Is a directory/,
    });
  });
});

Deno.test("files are looked for beside the kubeconfig, and must hold PEM", async () => {
  const user = { "client-certificate": "me.crt", "client-key": "me.key" };
  const files = { config: kubeconfig(user), "me.crt": certificate, "me.key": "junk" };
  await withFolder(files, async (folder) => {
    const source = { kind: "kubeconfig", path: `${folder}/config` } as const;
    const before = `Cannot read kubeconfig ${folder}/config: client-key: found`;
    await rejects(readAccess(source), {
      message: `${before} no such PEM in ${folder}/me.key, expected -----BEGIN PRIVATE KEY-----`,
    });
    for (const kind of ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"]) {
      const key = `-----BEGIN ${kind}-----\nx\n`;
      await Deno.writeTextFile(`${folder}/me.key`, key);
      deepEqual((await readAccess(source)).tls.client, { certificate, key });
    }
    await Deno.writeTextFile(`${folder}/me.key`, "-----BEGIN ENCRYPTED PRIVATE KEY-----");
    await rejects(readAccess(source), {
      message: `${before} an encrypted key in ${folder}/me.key, ` +
        "expected -----BEGIN PRIVATE KEY-----",
    });
    await Deno.remove(`${folder}/me.key`);
    await rejects(readAccess(source), { message: new RegExp(`${before} no file`) });
  });
});

Deno.test("a token's file that is gone or empty leaves the token that was known", async () => {
  await withFolder({ token: " first\n" }, async (folder) => {
    const file = new TokenFile(`${folder}/token`, "test");
    equal(await file.token(), "first");
    await Deno.writeTextFile(`${folder}/token`, "second");
    equal(await file.token(), "first"); // fresh enough
    equal(await file.refresh(), "second");
    await Deno.writeTextFile(`${folder}/token`, "\n");
    equal(await file.refresh(), "second");
    await Deno.remove(`${folder}/token`);
    equal(await file.refresh(), "second");
  });
});

Deno.test("a token's file without a usable token is told, but not what is in it", async () => {
  await withFolder({ empty: "\n", odd: "two words" }, async (folder) => {
    const read = (name: string): Promise<string> => new TokenFile(`${folder}/${name}`, "X").token();
    await rejects(read("empty"), {
      message: `Cannot read X: token file: found nothing in ${folder}/empty, expected a token`,
    });
    await rejects(read("odd"), { message: /found blanks or control characters in .*odd, exp/ });
    await rejects(read("none"), { message: /token file: found .*none: No such file/ });
  });
});
