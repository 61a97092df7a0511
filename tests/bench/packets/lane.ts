import { untilRunning } from "../../lab/link.ts";
import { setSysctls } from "../../lab/netns.ts";
import { Reaper } from "../../lab/reaper.ts";
import { ipBatch, nft } from "../../lab/tool.ts";
import type { PacketFlow } from "./flow.ts";
import { laneScripts, type Place, places } from "./lane_scripts.ts";

let made = 0;

/**
 * Three network namespaces in a row: clients, a node that forwards, servers. The node tracks
 * connections, as every node of a cluster does, whether it has a table of ours or not.
 */
export class Lane implements AsyncDisposable {
  readonly flows: readonly PacketFlow[];
  readonly #prefix = `hr-${Deno.pid}-lane${++made}-`;
  readonly #reaper = new Reaper([this.#prefix], []);

  private constructor(flows: readonly PacketFlow[]) {
    this.flows = flows;
  }

  /** Builds one that these flows can take, with what a script loads on its node. */
  static async create(flows: readonly PacketFlow[], script?: string): Promise<Lane> {
    await using resources = new AsyncDisposableStack();
    const lane = resources.use(new Lane(flows));
    await lane.#build();
    if (script !== undefined) await nft(lane.netns("node"), script);
    resources.move();
    return lane;
  }

  /** The network namespace of a place. */
  netns(place: Place): string {
    return this.#prefix + place;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reaper[Symbol.asyncDispose]();
  }

  async #build(): Promise<void> {
    const scripts = laneScripts(this.flows, (place) => this.netns(place));
    await ipBatch(undefined, places.map((place) => `netns add ${this.netns(place)}`));
    setSysctls(this.netns("node"), [["net.ipv4.ip_forward", "1"]]);
    for (const place of places) await ipBatch(this.netns(place), scripts[place]);
    await nft(this.netns("node"), scripts.tracking);
    await untilRunning(
      ["clients", "servers"].map((name) => ({ netns: this.netns("node"), name })),
    );
  }
}
