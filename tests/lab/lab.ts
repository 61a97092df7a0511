import type { Protocol } from "../../lib/model/port.ts";
import { Network, type PodPlace } from "./network.ts";
import type { Host, Topology } from "./topology.ts";
import { Traffic } from "./traffic.ts";

/** A port that every host of a lab answers on. */
export interface ServedPort {
  readonly protocol: Protocol;
  readonly port: number;
}

/** A network whose hosts answer, and the traffic to ask them with. */
export class Lab implements AsyncDisposable {
  readonly network: Network;
  readonly traffic: Traffic;
  readonly #ports: readonly ServedPort[];

  private constructor(network: Network, traffic: Traffic, ports: readonly ServedPort[]) {
    this.network = network;
    this.traffic = traffic;
    this.#ports = ports;
  }

  /** Builds the network; every host but the fabric answers on the ports. */
  static async create(topology: Topology, ports: readonly ServedPort[]): Promise<Lab> {
    await using resources = new AsyncDisposableStack();
    const network = resources.use(await Network.create(topology));
    const traffic = resources.use(new Traffic());
    const lab = new Lab(network, traffic, ports);
    await Promise.all(lab.hosts.map((host) => lab.#serve(host)));
    resources.move();
    return lab;
  }

  /** Every host but the fabric. */
  get hosts(): readonly Host[] {
    return [...this.network.hosts.values()].filter(({ kind }) => kind !== "fabric");
  }

  /** A host by its name. */
  host(name: string): Host {
    return this.network.host(name);
  }

  /** Adds a pod that answers on the lab's ports; `name` is `namespace/name`. */
  async addPod(name: string, place: PodPlace): Promise<Host> {
    const host = await this.network.addPod(name, place);
    await this.#serve(host);
    return host;
  }

  /** Removes a pod with its servers and all else that the lab has in it. */
  async removePod(name: string): Promise<void> {
    await this.traffic.forget(this.host(name));
    await this.network.removePod(name);
  }

  /** Ends all traffic, then removes the network. */
  async [Symbol.asyncDispose](): Promise<void> {
    await using _network = this.network;
    await this.traffic[Symbol.asyncDispose]();
  }

  async #serve(host: Host): Promise<void> {
    await Promise.all(
      this.#ports.map(({ protocol, port }) => this.traffic.serve(host, protocol, port)),
    );
  }
}
