import { deepEqual, equal, ok } from "node:assert/strict";
import type { Table } from "../../../lib/apply/table.ts";
import type { Listing } from "../../../lib/model/listing.ts";
import type { Kernel } from "../../../lib/reconcile/kernel.ts";
import { Reconciler } from "../../../lib/reconcile/reconciler.ts";
import { ToldStore } from "../../fuzz/history.ts";
import { until } from "../../lab/clock.ts";
import { type ApiObject, namespace, node, pod, policy } from "../../spec/objects.ts";
import { withTable } from "./with_table.ts";

/** A table that is slow when told so: what happens meanwhile waits. */
class SlowTable implements Kernel {
  readonly #table: Table;
  #gate: Promise<void> = Promise.resolve();

  constructor(table: Table) {
    this.#table = table;
  }

  /** Nothing is brought to the kernel until the function that this gives is called. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#gate = promise;
    return resolve;
  }

  async apply(desired: Listing): Promise<unknown> {
    await this.#gate;
    return await this.#table.enforce(desired);
  }

  finish(): Promise<void> {
    return this.#table.finish();
  }

  applyPorts(): Promise<void> {
    return Promise.resolve();
  }

  heal(): Promise<unknown> {
    return this.#table.heal();
  }

  look(): Promise<{ readonly isMoreDue: boolean }> {
    return this.#table.look();
  }

  check(desired: Listing): Promise<Error | undefined> {
    return this.#table.check(desired);
  }
}

/** Every tenth pod is here. */
function somePod(key: string, number: number, app: string): ApiObject {
  return pod(key, {
    labels: { app, number: `${number % 7}` },
    node: number % 10 === 0 ? "n1" : "n2",
    ips: [`10.${1 + (number >> 16)}.${(number >> 8) & 255}.${number & 255}`],
    ports: [{ name: "web", containerPort: 8000 + number % 3 }],
  });
}

function pods(ns: string, first: number, count: number, app = "web"): readonly ApiObject[] {
  return Array.from(
    { length: count },
    (_, i) => somePod(`${ns}/${app}-${first + i}`, first + i, app),
  );
}

const peer = { podSelector: { matchLabels: { app: "web" } } };
const anywhere = { namespaceSelector: {}, podSelector: { matchLabels: { number: "3" } } };
const policies = ["shop", "lab"].map((ns) =>
  policy(`${ns}/web`, {
    ...{ podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    ingress: [{ from: [peer] }, { from: [anywhere], ports: [{ port: 80 }] }],
    egress: [{ to: [peer], ports: [{ port: "web" }] }],
  })
);

const base = [node("n1"), node("n2"), namespace("shop"), namespace("lab"), ...policies];
const shop = pods("shop", 0, 2000);
const lab = pods("lab", 4000, 500);

const bursts: Readonly<Record<string, readonly ApiObject[]>> = {
  "1,000 pods relabelled": [
    ...base,
    ...lab,
    ...shop.map((object, i) =>
      i < 1000 ? somePod(`shop/${object.metadata.name}`, i, "db") : object
    ),
  ],
  "a namespace of 500 pods deleted": [
    ...base.filter(({ metadata }) => ![metadata.namespace, metadata.name].includes("lab")),
    ...shop,
  ],
  "a rolling update of 2,000 pods": [...base, ...lab, ...pods("shop", 8000, 2000)],
};

for (const [burst, after] of Object.entries(bursts)) {
  Deno.test(`a burst that comes while one transaction runs costs a few: ${burst}`, async () => {
    await withTable(async (table) => {
      const told = new ToldStore("n1", [...base, ...lab, ...shop]);
      const kernel = new SlowTable(table);
      const observer = { enforced: () => {}, applied: () => {} };
      const { store } = told;
      const reconciler = new Reconciler({
        ...{ store, kernel, observer, nodeName: "n1", selfHealMs: 600_000 },
      });
      const ending = new AbortController();
      const running = reconciler.run(ending.signal);
      await until("the first pass is through", () => reconciler.status.passes === 1);

      const before = table.status;
      const release = kernel.hold();
      const stranger = somePod("shop/stranger", 3999, "web");
      told.become([...told.objects, stranger], "once");
      await until("the pass is under way", () => store.changes.size === 0);
      for (const some of slices([...told.objects], after)) told.become(some, "once");
      told.become(after, "twice");
      ok(store.changes.size >= 500, `only ${store.changes.size} events`);
      release();
      await until("all is through", () => reconciler.status.passes === 3);
      equal(store.changes.size, 0);
      ending.abort();
      await running;

      deepEqual((await table.heal()).drift, []);
      const { transactions, replaced } = table.status;
      const count = transactions.bySession + transactions.bySpawn -
        before.transactions.bySession - before.transactions.bySpawn;
      ok(count <= 1 + 3, `${count} transactions`);
      equal(replaced, before.replaced);
    });
  });
}

/** The way from some objects to others in steps, as rollouts go: some come, then some go. */
function* slices(
  before: readonly ApiObject[],
  after: readonly ApiObject[],
): Iterable<readonly ApiObject[]> {
  const steps = 10;
  for (let step = 1; step < steps; step++) {
    const names = new Set<string>();
    const come = after.slice(0, Math.floor(after.length * step / steps));
    const stay = before.slice(Math.floor(before.length * step / steps));
    yield [...come, ...stay].filter(({ kind, metadata: { namespace, name } }) => {
      const key = `${kind} ${namespace}/${name}`;
      return !names.has(key) && names.add(key);
    });
  }
}
