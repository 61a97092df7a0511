import { generatePod } from "../../apiserver/generate_pod.ts";
import type { ClusterSize, GeneratedObject } from "../../apiserver/generated.ts";

/** A sandbox as the agent is told of it. */
export interface Sandbox {
  readonly containerID: string;
  readonly netns: string;
  readonly ifName: string;
  readonly podNamespace: string;
  readonly podName: string;
  readonly podUID: string;
  readonly ips: readonly string[];
}

/** Pods of the node, like those that it has, which have no address yet. */
export function waitingPods(size: ClusterSize, count: number): readonly GeneratedObject[] {
  return Array.from({ length: count }, (_, i) => {
    const pod = generatePod(i * size.nodes, size);
    const { namespace = "default", labels = {} } = pod.metadata;
    const metadata = { name: `waiting-${i}`, namespace, uid: `uid-of-waiting-${i}`, labels };
    return { ...pod, metadata, status: { phase: "Pending" } };
  });
}

/** The sandbox of a number: of one pod after the other, each with an address that none had before. */
export function sandboxOf(number: number, pods: readonly GeneratedObject[]): Sandbox {
  const pod = pods[number % pods.length];
  if (pod === undefined) throw new RangeError("Cannot make a sandbox: there are no pods");
  const { namespace = "default", name, uid = "" } = pod.metadata;
  return {
    containerID: `sandbox-${number}`,
    // One that cannot be looked at: nobody finds that it is gone.
    netns: "/proc/0/ns/net",
    ifName: "eth0",
    ...{ podNamespace: namespace, podName: name, podUID: uid },
    ips: [`100.64.${number >> 8}.${number & 255}`],
  };
}
