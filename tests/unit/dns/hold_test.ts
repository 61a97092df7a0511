import { deepEqual, equal } from "node:assert/strict";
// @ts-types="@types/dns-packet"
import packet from "dns-packet";
import { Datagrams } from "../../../lib/dns/datagrams.ts";
import { Hold } from "../../../lib/dns/hold.ts";
import type { IpAddress } from "../../../lib/model/address.ts";
import { until } from "../../lab/clock.ts";

const pod = "127.0.0.1" as IpAddress;
const [resolver, other] = ["10.0.9.9", "10.0.9.10"] as IpAddress[] as [IpAddress, IpAddress];

const message = packet.encode({
  ...{ type: "response", id: 7, questions: [{ name: "a.example.com", type: "A" }] },
  answers: [{ name: "a.example.com", type: "A", data: "192.0.2.1", ttl: 60 }],
});

/** A pod to which one answer of each of two resolvers is under way: the kernel has to take it first. */
class Scene implements AsyncDisposable {
  readonly got: Uint8Array[] = [];
  readonly asked: string[] = [];
  readonly enforced = Promise.withResolvers<void>();
  readonly hold = new Hold(({ name }) => {
    this.asked.push(name);
    return this.enforced.promise;
  });
  #socket: Datagrams | undefined;

  async begin(): Promise<void> {
    const { paths } = await this.hold.open({ clients: [pod], resolvers: [resolver, other] });
    const socket = await Datagrams.open("IPv4", (answer) => this.got.push(answer));
    this.#socket = socket;
    for (const { port } of paths) socket.send(message, { address: pod, port });
    await until("they are held", () => this.asked.length === 2);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hold.close();
    this.#socket?.[Symbol.dispose]();
  }
}

Deno.test("CNP-14 an answer that is held reaches its pod though its resolver has gone meanwhile", async () => {
  await using scene = new Scene();
  await scene.begin();
  const settled = scene.hold.settled({ clients: [pod], resolvers: [other] });
  scene.hold.keepOnly({ clients: [pod], resolvers: [other] });
  deepEqual(scene.got, []);
  scene.enforced.resolve();
  await settled;
  await until("both are there", () => scene.got.length === 2);
});

Deno.test("CNP-14 the ways are closed when what is held has gone on", async () => {
  await using scene = new Scene();
  await scene.begin();
  let hasClosed = false;
  const closing = scene.hold.close().then(() => hasClosed = true);
  equal(hasClosed, false);
  scene.enforced.resolve();
  await closing;
  await until("both are there", () => scene.got.length === 2);
  deepEqual(scene.hold.counts, { held: 2, passed: 0, refused: 0 });
});
