import assert from "node:assert/strict";
import { families } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";
import { addressOf, type Host } from "../../lab/topology.ts";
import type { FlowSpec, OpenFlow } from "../../lab/traffic.ts";
import { PORT } from "../two_nodes.ts";
import type { Scene } from "./scene.ts";

/** Who opens a flow, and to whom. */
export type FlowEnds = readonly [client: Host, server: Host];

interface NamedFlow {
  readonly name: string;
  readonly flow: OpenFlow;
}

/** Opens a TCP connection and a UDP stream that its server feeds, in both families, for each. */
export async function openFlows(scene: Scene, ends: readonly FlowEnds[]): Promise<Flows> {
  const specs = ends.flatMap(([from, to]) =>
    families.flatMap((family) =>
      (["TCP", "UDP"] as const).map((protocol): FlowSpec => ({
        ...{ from, to: addressOf(to, family), protocol, port: PORT },
      }))
    )
  );
  await using opened = new AsyncDisposableStack();
  const flows: NamedFlow[] = [];
  for (const spec of specs) {
    const flow = opened.use(await scene.traffic.open(spec));
    flows.push({ name: `${spec.protocol} from ${spec.from.name} to ${spec.to}`, flow });
  }
  return new Flows(flows, opened.move());
}

/** Flows that were opened together, and are closed together. */
export class Flows implements AsyncDisposable {
  readonly #flows: readonly NamedFlow[];
  readonly #opened: AsyncDisposable;

  constructor(flows: readonly NamedFlow[], opened: AsyncDisposable) {
    this.#flows = flows;
    this.#opened = opened;
  }

  /** Waits until every client has got something new. */
  async allHear(): Promise<void> {
    await Promise.all(this.#flows.map(async ({ name, flow }) => {
      const { client: { received } } = await flow.report();
      await until(`${name} is heard`, async () => (await flow.report()).client.received > received);
    }));
  }

  /** Makes sure that all of them go on, and that nothing of them has been lost so far. */
  async assertWhole(): Promise<void> {
    await this.allHear();
    for (const { name, flow } of this.#flows) {
      const { client, server } = await flow.report();
      assert.deepEqual([client.missing, server.missing, client.ended], [0, 0, false], name);
    }
  }

  /** Waits until nothing of any of them is heard any more. */
  async silent(): Promise<void> {
    await Promise.all(this.#flows.map(({ flow }) => flow.silent(50)));
  }

  /** Closes them. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#opened[Symbol.asyncDispose]();
  }
}
