import assert from "node:assert/strict";
import type { IpAddress } from "../../../lib/model/address.ts";
import { familyOf } from "../../../lib/model/address.ts";
import { OUTSIDE } from "../../lab/topology.ts";
import type { Probe } from "../../lab/traffic.ts";
import type { ProbeProtocol } from "../../lab/traffic_calls.ts";
import { PORT } from "../two_nodes.ts";
import type { Scene } from "./scene.ts";

/** Silence lasts as long as that; what is open answers in a few ms, and is asked three times. */
const timeoutMs = 150;

/**
 * Asks with real packets whether connections are possible, in each family that both ends have.
 * They are written as `a/1 > b/3:80`, `a/1 > n2:53/UDP`, `outside > a/1 ICMP`, and the target may
 * be an address. Allowed is what is answered; denied is what is met by silence.
 */
export async function assertPackets(
  scene: Scene,
  expected: { readonly allowed?: readonly string[]; readonly denied?: readonly string[] },
): Promise<void> {
  const { allowed = [], denied = [] } = expected;
  const questions = [...allowed, ...denied].flatMap((text) =>
    probesOf(scene, text).map((probe) => ({ text, probe }))
  );
  const outcomes = await scene.traffic.probeAll(questions.map(({ probe }) => probe));
  const told = questions.map(({ text, probe }, i) => `${text} (${probe.to}): ${outcomes[i]}`);
  const wanted = questions.map(({ text, probe }) =>
    `${text} (${probe.to}): ${allowed.includes(text) ? "open" : "timeout"}`
  );
  assert.deepEqual(told, wanted);
}

/** A connection by every protocol that there is. */
export function byEveryProtocol(ends: string): readonly string[] {
  return [`${ends}:${PORT}`, `${ends}:${PORT}/UDP`, `${ends}:${PORT}/SCTP`, `${ends} ICMP`];
}

function probesOf(scene: Scene, text: string): readonly Probe[] {
  const match = /^(\S+) > (\S+?)(?: (ICMP)|:(\d+)(?:\/([A-Z]+))?)$/.exec(text);
  assert.ok(match !== null, `no connection: "${text}"`);
  const [, client = "", server = "", icmp, port = `${PORT}`, protocol = "TCP"] = match;
  const from = scene.host(client);
  const families = new Set(from.addresses.map(familyOf));
  const targets = addressesOf(scene, server).filter((address) => families.has(familyOf(address)));
  assert.ok(targets.length > 0, `${text}: the ends have no family in common`);
  const asked = (icmp ?? protocol) as ProbeProtocol;
  return targets.map((to) => ({
    ...{ from, to, protocol: asked, timeoutMs },
    ...(icmp === undefined ? { port: Number(port) } : {}),
  }));
}

function addressesOf(scene: Scene, name: string): readonly IpAddress[] {
  const isHost = name === OUTSIDE || scene.lab.hosts.some((host) => host.name === name);
  return isHost ? scene.host(name).addresses : [name as IpAddress];
}
