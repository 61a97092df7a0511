import type { IpAddress } from "../../../lib/model/address.ts";
import { addressOf, type Host, type Topology } from "../../lab/topology.ts";
import { Scene } from "../semantics/scene.ts";

/** Mallory is isolated in both directions, Alice is her neighbour, Bob lives on another node. */
export const topology: Topology = {
  nodes: [{ name: "n1", pods: ["a/mallory", "a/alice"] }, { name: "n2", pods: ["b/bob"] }],
};

/** Nothing is allowed to Mallory, in neither direction. */
export const isolated = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { namespace: a, name: isolated }
spec:
  podSelector: { matchLabels: { app: mallory } }
  policyTypes: [Ingress, Egress]
`;

/** Who plays in the attacks. */
export interface Cast {
  readonly mallory: Host;
  readonly alice: Host;
  readonly bob: Host;
  readonly node: Host;
  readonly outside: Host;
}

/** Builds the scene of the attacks, with Mallory isolated. */
export async function createAttackScene(
  policies = isolated,
  args: readonly string[] = [],
): Promise<Scene> {
  const scene = await Scene.create({ topology, args });
  try {
    await scene.enforce(policies);
    return scene;
  } catch (error) {
    await scene[Symbol.asyncDispose]();
    throw error;
  }
}

/** Who is who in a scene. */
export function castOf(scene: Scene): Cast {
  return {
    mallory: scene.host("a/mallory"),
    alice: scene.host("a/alice"),
    bob: scene.host("b/bob"),
    node: scene.host("n1"),
    outside: scene.host("outside"),
  };
}

/** One end's address and the other's, of a family. */
export function ends(
  from: Host,
  to: Host,
  family: "IPv4" | "IPv6",
): { readonly source: IpAddress; readonly destination: IpAddress } {
  return { source: addressOf(from, family), destination: addressOf(to, family) };
}
