import assert from "node:assert/strict";
import { ManifestError } from "../../../lib/watch/manifest_error.ts";
import { readManifests } from "../../../lib/watch/manifest_reader.ts";
import { ManifestSource } from "../../../lib/watch/manifests.ts";
import { makePod, makePolicy } from "../objects.ts";
import {
  inDirectory,
  Pictures,
  policiesAre,
  synced,
  textOf,
  until,
  withSource,
  write,
} from "./manifest_bench.ts";

/** So long that a test which passes was told of the change by the kernel. */
const noRescan = { rescanMs: 3_600_000 };
/** So often that what the kernel does not tell is seen in a test. */
const rescan = { rescanMs: 50 };

const broken = "kind: Pod\nmetadata:\n  name: a\n name: b\n";

Deno.test("files that come, change and go are followed, in new directories too", async () => {
  await withSource(
    (bench) => bench.write("a.yaml", makePolicy("shop/a")),
    async (bench) => {
      await policiesAre(bench, ["shop/a"]);
      await bench.write("b.yaml", makePolicy("shop/b"));
      await policiesAre(bench, ["shop/a", "shop/b"]);
      await bench.write("a.yaml", makePolicy("shop/c"));
      await policiesAre(bench, ["shop/b", "shop/c"]);
      await Deno.remove(`${bench.directory}/b.yaml`);
      await policiesAre(bench, ["shop/c"]);
      await Deno.mkdir(`${bench.directory}/new`);
      await bench.write("new/d.yaml", makePolicy("shop/d"));
      await policiesAre(bench, ["shop/c", "shop/d"]);
      await Deno.remove(`${bench.directory}/new`, { recursive: true });
      await policiesAre(bench, ["shop/c"]);
    },
    noRescan,
  );
});

Deno.test("files that are written in place are read when they are whole", async () => {
  await withSource(
    (bench) => bench.write("a.yaml", makePolicy("shop/a")),
    async (bench) => {
      await synced(bench);
      const text = textOf([makePolicy("shop/a"), makePolicy("shop/b")]);
      await Deno.writeTextFile(`${bench.directory}/a.yaml`, text);
      await policiesAre(bench, ["shop/a", "shop/b"]);
      assert.equal(bench.source.status.pictures, 2, "the file was never seen empty or in part");
    },
    { ...noRescan, settleMs: 300 },
  );
});

Deno.test("a ConfigMap's files change all at once, by the link that they are behind", async () => {
  const publish = async (directory: string, version: string): Promise<void> => {
    await Deno.mkdir(`${directory}/..${version}`);
    for (const name of ["a", "b"]) {
      const policy = makePolicy(`shop/${name}-${version}`);
      await Deno.writeTextFile(`${directory}/..${version}/${name}.yaml`, textOf([policy]));
    }
    await Deno.symlink(`..${version}`, `${directory}/..data_tmp`);
    await Deno.rename(`${directory}/..data_tmp`, `${directory}/..data`);
  };
  await withSource(
    async ({ directory }) => {
      await publish(directory, "1");
      for (const name of ["a", "b"]) {
        await Deno.symlink(`..data/${name}.yaml`, `${directory}/${name}.yaml`);
      }
    },
    async (bench) => {
      await policiesAre(bench, ["shop/a-1", "shop/b-1"]);
      await publish(bench.directory, "2");
      await Deno.remove(`${bench.directory}/..1`, { recursive: true });
      await policiesAre(bench, ["shop/a-2", "shop/b-2"]);
      assert.equal(bench.source.status.pictures, 2, "never one of this and one of that");
    },
    noRescan,
  );
});

Deno.test("what the kernel does not tell of is seen from time to time: a directory replaced as a whole", async () => {
  await inDirectory(async (above) => {
    const directory = `${above}/manifests`;
    for (const version of ["1", "2"]) {
      await Deno.mkdir(`${above}/${version}`);
      await write(`${above}/${version}/x.yaml`, textOf([makePolicy(`shop/v${version}`)]));
    }
    await Deno.symlink("1", directory);
    const sinks = new Pictures();
    const source = new ManifestSource(directory, sinks, { settleMs: 10, ...rescan });
    const stop = new AbortController();
    const running = source.run(stop.signal);
    try {
      await policiesAre({ sinks }, ["shop/v1"]);
      await Deno.symlink("2", `${above}/next`);
      await Deno.rename(`${above}/next`, directory);
      await policiesAre({ sinks }, ["shop/v2"]);
    } finally {
      stop.abort();
      await running;
    }
  });
});

Deno.test("refresh() looks at once", async () => {
  await withSource(
    async ({ directory }) => {
      await Deno.mkdir(`${directory}/..elsewhere`);
      await Deno.symlink("..elsewhere", `${directory}/link`);
    },
    async (bench) => {
      await synced(bench);
      await bench.write("..elsewhere/a.yaml", makePolicy("shop/a"));
      bench.source.refresh();
      await policiesAre(bench, ["shop/a"]);
    },
    noRescan,
  );
});

Deno.test("links that go round end", async () => {
  await withSource(async (bench) => {
    await Deno.symlink(".", `${bench.directory}/round`);
    await bench.write("a.yaml", makePolicy("shop/a"));
  }, (bench) => policiesAre(bench, ["shop/a"]));
});

Deno.test("a directory that is missing, or is none, is an error at the start that says so", async () => {
  await inDirectory(async (directory) => {
    const file = `${directory}/file`;
    await Deno.writeTextFile(file, "");
    const cases = [
      [`${directory}/gone`, `Cannot read ${directory}/gone: there is no such file or directory`],
      [file, `Cannot read ${file}: it is not a directory`],
    ] as const;
    for (const [path, message] of cases) {
      const { signal } = new AbortController();
      const run = new ManifestSource(path, new Pictures()).run(signal);
      await assert.rejects(
        run,
        (error) => error instanceof ManifestError && error.message === message,
      );
      await assert.rejects(readManifests(path), { message });
    }
  });
});

Deno.test("a broken file at the start is told with line and column, and nothing is enforced until it is mended", async () => {
  await withSource(async (bench) => {
    await bench.write("a.yaml", makePolicy("shop/a"));
    await bench.write("b.yaml", broken);
  }, async (bench) => {
    const { source, sinks, directory } = bench;
    await until(() => source.status.errors.length > 0, "the error is told");
    const place = `${directory}/b.yaml:4:1`;
    assert.match(source.status.errors.join("\n"), new RegExp(`^Cannot read ${place}: .+$`));
    assert.equal(source.status.synced, false);
    assert.equal(sinks.policies.told, undefined);
    await bench.write("b.yaml", makePolicy("shop/b"));
    await policiesAre(bench, ["shop/a", "shop/b"]);
    assert.deepEqual([source.status.errors, source.status.synced], [[], true]);
  }, noRescan);
});

Deno.test("a file that breaks later keeps what it last said, while others go on", async () => {
  await withSource(async (bench) => {
    await bench.write("a.yaml", makePolicy("shop/a"));
    await bench.write("b.yaml", makePolicy("shop/b"));
  }, async (bench) => {
    await policiesAre(bench, ["shop/a", "shop/b"]);
    await bench.write("b.yaml", makePolicy("shop/other"), broken);
    await until(() => bench.source.status.errors.length === 1, "the error is told");
    await bench.write("a.yaml", makePolicy("shop/c"));
    await policiesAre(bench, ["shop/b", "shop/c"]);
    assert.equal(bench.source.status.synced, true);
    await Deno.remove(`${bench.directory}/b.yaml`);
    await policiesAre(bench, ["shop/c"]);
    assert.deepEqual(bench.source.status.errors, []);
  }, noRescan);
});

Deno.test("a directory that vanishes later leaves the picture as it is, and is followed when it is back", async () => {
  await withSource(async (bench) => {
    await bench.write("a.yaml", makePolicy("shop/a"));
  }, async (bench) => {
    await policiesAre(bench, ["shop/a"]);
    await Deno.rename(bench.directory, `${bench.directory}-moved`);
    try {
      await until(() => bench.source.status.errors.length > 0, "the error is told");
      assert.deepEqual(bench.sinks.policies.keys, ["shop/a"]);
    } finally {
      await Deno.rename(`${bench.directory}-moved`, bench.directory);
    }
    await bench.write("a.yaml", makePolicy("shop/b"));
    await policiesAre(bench, ["shop/b"]);
    assert.deepEqual(bench.source.status.errors, []);
  }, rescan);
});

const unreadable: readonly (readonly [file: string, content: string | Uint8Array, said: RegExp])[] =
  [
    ["a.yaml", "a: [1, 2\nb: 3\n", /a\.yaml:2:1: /],
    ["a.yaml", "a: 1\na: 2\n", /a\.yaml:2:1: Map keys must be unique/],
    ["a.yaml", "kind: Pod\n---\nx: *nobody\n", /a\.yaml:3(:\d+)?: .*nobody/],
    ["a.json", '{\n "kind": "Pod",\n}', /a\.json:3:1: .*JSON/],
    ["a.json", '{\n "kind": "Pod"\n', /a\.json:3:1: .*JSON/],
    ["a.json", '{"kind":\n  Pod}\n', /a\.json:2:3: .*JSON/],
    ["a.json", "[1,]", /a\.json: Unexpected token.*JSON/],
    ["a.yaml", new Uint8Array([0x61, 0x3a, 0xff]), /a\.yaml: it is not UTF-8/],
    ["a.yaml", billionLaughs(), /a\.yaml:1: Excessive alias count/],
    [
      "a.yaml",
      `a: ${"x".repeat(70_000)}`,
      /a\.yaml: it has 70003 bytes, and at most 65536 are read/,
    ],
  ];

function billionLaughs(): string {
  const lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"];
  for (let i = 1; i < 12; i++) {
    lines.push(`a${i}: &a${i} [${Array(10).fill(`*a${i - 1}`).join(", ")}]`);
  }
  return lines.join("\n");
}

for (const [file, content, said] of unreadable) {
  Deno.test(`the bad ${file} is told as ${said}`, async () => {
    await withSource(async ({ directory }) => {
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${directory}/${file}`, bytes);
    }, async ({ source }) => {
      await until(() => source.status.errors.length === 1, "the error is told");
      assert.match(source.status.errors[0]!, said);
      assert.equal(source.status.errors[0]!.split("\n").length, 1, "on one line");
    }, { maxFileBytes: 65_536 });
  });
}

Deno.test("a link to nowhere is told, and mended when the file is there", async () => {
  await withSource(async ({ directory }) => {
    await Deno.symlink("..later", `${directory}/a.yaml`);
  }, async (bench) => {
    const { source, directory } = bench;
    await until(() => source.status.errors.length > 0, "the error is told");
    assert.deepEqual(source.status.errors, [
      `Cannot read ${directory}/a.yaml: there is no such file or directory`,
    ]);
    await bench.write("..later", makePolicy("shop/a"));
    await policiesAre(bench, ["shop/a"]);
  }, rescan);
});

Deno.test("nothing is told to the sinks where nothing has changed", async () => {
  await withSource(
    (bench) => bench.write("a.yaml", makePod("shop/web"), "x: [1\n"),
    async (bench) => {
      await until(() => bench.source.status.errors.length > 0, "the error is told");
      await bench.write("a.yaml", makePod("shop/web"));
      await synced(bench);
      await bench.write("ignored.txt", "nothing");
      await bench.write("b.yaml", makePod("shop/db"));
      await until(() => bench.sinks.pods.told?.length === 2, "both pods are there");
      assert.equal(bench.source.status.pictures, 2);
    },
    rescan,
  );
});
