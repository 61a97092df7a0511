import { deepEqual, equal, match, ok } from "node:assert/strict";
import { until } from "../lab/clock.ts";

const root = new URL("../../", import.meta.url).pathname;
const ptp = `{"cniVersion":"1.0.0","name":"pods","plugins":[ {"type":"ptp"} ]}\n`;

/** The folders of a node's runtime. */
class Host implements Disposable {
  readonly folder = Deno.makeTempDirSync();

  constructor(files: Readonly<Record<string, string>>) {
    for (const name of ["bin", "conf"]) Deno.mkdirSync(`${this.folder}/${name}`);
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.folder}/conf/${name}`, text);
  }

  read(name: string): string {
    return Deno.readTextFileSync(`${this.folder}/conf/${name}`);
  }

  types(name: string): readonly string[] {
    const { plugins } = JSON.parse(this.read(name)) as { plugins: { readonly type: string }[] };
    return plugins.map(({ type }) => type);
  }

  get names(): readonly string[] {
    return [...Deno.readDirSync(`${this.folder}/conf`)].map(({ name }) => name).sort();
  }

  command(...args: readonly string[]): Deno.Command {
    const { bin, conf } = { bin: `${this.folder}/bin`, conf: `${this.folder}/conf` };
    const [task = "", ...flags] = args;
    const folders = ["--cni-bin-dir", bin, "--cni-conf-dir", conf];
    return new Deno.Command(Deno.execPath(), {
      args: [...taskArguments(task), ...folders, ...flags],
      cwd: root,
      stdout: "piped",
      stderr: "piped",
      env: { NO_COLOR: "1" },
    });
  }

  async install(...flags: readonly string[]): Promise<string> {
    const { success, stdout, stderr } = await this.command("install", ...flags).output();
    ok(success, new TextDecoder().decode(stderr));
    return new TextDecoder().decode(stdout);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}

/** What the task runs: its signals are the program's own then. */
function taskArguments(task: string): readonly string[] {
  const config = JSON.parse(Deno.readTextFileSync(`${root}deno.json`)) as {
    readonly tasks: Readonly<Record<string, string>>;
  };
  return config.tasks[task]?.split(" ").slice(1) ?? [];
}

Deno.test("install puts an executable plugin and adds it to the list that a runtime takes; again it changes nothing", async () => {
  using host = new Host({
    "05-broken.conflist": "{",
    "10-pods.conflist": ptp,
    "20-others.conflist": ptp,
    "readme.txt": "none of a runtime's",
  });
  Deno.chmodSync(`${host.folder}/conf/10-pods.conflist`, 0o640);
  match(await host.install(), /put .*\/bin\/hedgerow-cni, .*\nadded the plugin to .*10-pods/);
  deepEqual(host.types("10-pods.conflist"), ["ptp", "hedgerow-cni"]);
  equal(Deno.statSync(`${host.folder}/conf/10-pods.conflist`).mode! & 0o777, 0o640);
  equal(host.read("20-others.conflist"), ptp);
  equal(host.names.length, 4, "nothing is left behind");
  const before = Deno.statSync(`${host.folder}/conf/10-pods.conflist`).ino;
  match(await host.install(), /^everything is in its place already\n$/);
  equal(Deno.statSync(`${host.folder}/conf/10-pods.conflist`).ino, before);
  const { stdout } = await new Deno.Command(`${host.folder}/bin/hedgerow-cni`, {
    env: { CNI_COMMAND: "VERSION" },
    stdin: "null",
  }).output();
  match(new TextDecoder().decode(stdout), /"supportedVersions":\["0.3.1"/);
});

Deno.test("what is not as by default stands in the configuration, and is changed by another run", async () => {
  using host = new Host({ "10-pods.conflist": ptp });
  await host.install("--when-down", "allow", "--timeout", "30s");
  match(
    host.read("10-pods.conflist"),
    /{"type":"hedgerow-cni","timeout":"30s","whenDown":"allow"}/,
  );
  await host.install("--socket", "/run/x.sock");
  match(host.read("10-pods.conflist"), /, {"type":"hedgerow-cni","socket":"\/run\/x.sock"} \]/);
});

Deno.test("a single plugin's configuration is turned into a list, and put aside", async () => {
  const text = `{"cniVersion":"0.3.1","name":"pods","type":"ptp"}`;
  using host = new Host({ "10-pods.conf": text });
  match(await host.install(), /made .*10-pods.conflist of 10-pods.conf/);
  deepEqual(host.names, ["10-pods.conf.hedgerow", "10-pods.conflist"]);
  deepEqual(host.types("10-pods.conflist"), ["ptp", "hedgerow-cni"]);
  equal(host.read("10-pods.conf.hedgerow"), text);
});

Deno.test("where there is no configuration, or none in order, that is the error", async () => {
  using host = new Host({ "10-pods.conflist": `{"cniVersion":"0.2.0","plugins":[]}` });
  const { code, stderr } = await host.command("install").output();
  equal(code, 1);
  match(
    new TextDecoder().decode(stderr),
    /Cannot find a network configuration in .*10-pods.conflist: cniVersion: found "0.2.0"/,
  );
});

Deno.test("with --watch it is put back whenever the main plugin writes its configuration anew", async () => {
  using host = new Host({});
  Deno.removeSync(`${host.folder}/conf`);
  const child = host.command("install", "--watch").spawn();
  const output = new Response(child.stdout).text();
  try {
    Deno.mkdirSync(`${host.folder}/conf`); // the main plugin comes after us, as it may
    const isChained = (): boolean => {
      try {
        return host.types("10-pods.conflist").join() === "ptp,hedgerow-cni";
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 3; i++) {
      host.write("10-pods.conflist", ptp);
      await until("the plugin is in the list", isChained, { timeoutMs: 20_000 });
    }
    Deno.removeSync(`${host.folder}/bin/hedgerow-cni`);
    const isThere = (): boolean => [...Deno.readDirSync(`${host.folder}/bin`)].length === 1;
    await until("the executable is back", isThere, { timeoutMs: 20_000 });
  } finally {
    child.kill("SIGTERM");
  }
  equal((await child.status).code, 0);
  await child.stderr.cancel();
  match(await output, /added the plugin/);
});
