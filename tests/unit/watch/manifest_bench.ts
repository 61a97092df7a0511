import assert from "node:assert/strict";
import { stringify } from "yaml";
import type { Namespace, Node, Pod } from "../../../lib/model/cluster.ts";
import type { ClusterNetworkPolicy } from "../../../lib/model/cluster_network_policy.ts";
import type { NetworkPolicy } from "../../../lib/model/network_policy.ts";
import { keyOf, type ObjectKey } from "../../../lib/model/object_key.ts";
import { ManifestSource, type ManifestSourceOptions } from "../../../lib/watch/manifests.ts";
import type { Sink, Sinks } from "../../../lib/watch/sink.ts";

/** What the sinks were given last. */
export class Pictures implements Sinks {
  readonly pods = new Last<Pod>();
  readonly namespaces = new Last<Namespace>();
  readonly nodes = new Last<Node>();
  readonly policies = new Last<NetworkPolicy>();
  readonly clusterNetworkPolicies = new Last<ClusterNetworkPolicy>();
  readonly adminNetworkPolicies = new Last<ClusterNetworkPolicy>();
  readonly baselineAdminNetworkPolicies = new Last<ClusterNetworkPolicy>();
}

class Last<T extends { readonly namespace?: string; readonly name: string }> implements Sink<T> {
  /** undefined: none yet */
  told: readonly T[] | undefined;

  get objects(): ReadonlyMap<ObjectKey, T> {
    return new Map(this.told?.map((object) => [keyOf(object), object]));
  }

  get keys(): readonly string[] | undefined {
    return this.told?.map(keyOf).sort();
  }

  replace(objects: readonly T[], at: number): void {
    assert.ok(at > 0 && at <= performance.now());
    this.told = objects;
  }

  upsert(): void {
    assert.fail("manifests are told whole");
  }

  remove(): void {
    assert.fail("manifests are told whole");
  }
}

export interface Bench {
  readonly directory: string;
  readonly sinks: Pictures;
  readonly source: ManifestSource;
  write(file: string, ...objects: readonly (object | string)[]): Promise<void>;
}

/** Writes with a rename, as careful people do: a reader sees all of the file or none of it. */
export async function write(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.tmp`, text);
  await Deno.rename(`${path}.tmp`, path);
}

export function textOf(objects: readonly (object | string)[]): string {
  return objects.map((object) => typeof object === "string" ? object : stringify(object)).join(
    "---\n",
  );
}

export async function inDirectory(test: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "hedgerow-manifests-" });
  try {
    await test(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Prepares a directory, then runs a source on it while the test goes on. */
export async function withSource(
  prepare: (bench: Bench) => Promise<void>,
  test: (bench: Bench) => Promise<void>,
  options: ManifestSourceOptions = {},
): Promise<void> {
  await inDirectory(async (directory) => {
    const sinks = new Pictures();
    const source = new ManifestSource(directory, sinks, { settleMs: 10, ...options });
    const bench: Bench = {
      directory,
      sinks,
      source,
      write: (file, ...objects) => write(`${directory}/${file}`, textOf(objects)),
    };
    await prepare(bench);
    const stop = new AbortController();
    const running = source.run(stop.signal);
    try {
      await Promise.race([test(bench), running]);
    } finally {
      stop.abort();
      await running;
    }
  });
}

/** Waits until the condition holds. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    assert.ok(performance.now() < deadline, `within 10 s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export function synced({ source }: Pick<Bench, "source">): Promise<void> {
  return until(() => source.status.synced, "the source is synced");
}

export function policiesAre(
  { sinks }: Pick<Bench, "sinks">,
  keys: readonly string[],
): Promise<void> {
  const wanted = JSON.stringify(keys);
  return until(() => JSON.stringify(sinks.policies.keys) === wanted, `policies are ${wanted}`);
}
