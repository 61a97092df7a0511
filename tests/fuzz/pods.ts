import * as fc from "fast-check";
import type { V1ContainerPort } from "@kubernetes/client-node";
import { type ApiObject, pod } from "../spec/objects.ts";
import { podIps } from "./addresses.ts";
import { labels } from "./labels.ts";

/** The namespaces that there may be; some of their pods may stand in one that is not known. */
export const namespaceNames: readonly string[] = ["red", "blue", "grey", "lost"];

/** Names of ports, few enough to clash. */
export const portNames: readonly string[] = ["web", "dns"];

/** Numbers of ports, so near to each other that ranges meet. */
export const portNumbers: readonly number[] = [1, 53, 79, 80, 81, 82, 443, 65535];

const containerPort: fc.Arbitrary<V1ContainerPort> = fc.record({
  containerPort: fc.constantFrom(...portNumbers),
  name: fc.constantFrom(...portNames),
  protocol: fc.constantFrom("TCP", "TCP", "UDP", "SCTP"),
}, { requiredKeys: ["containerPort"] });

const containerPorts = fc.array(containerPort, { maxLength: 3 });

const containers = fc.record({
  containers: fc.array(fc.record({ name: fc.constant("main"), ports: containerPorts }), {
    minLength: 1,
    maxLength: 2,
  }),
  initContainers: fc.array(
    fc.record({
      name: fc.constant("init"),
      restartPolicy: fc.constantFrom("Always", null),
      ports: containerPorts,
    }),
    { maxLength: 1 },
  ),
});

/** What is wrong with a pod that is broken; most are not. */
const flaw = fc.oneof(
  { weight: 40, arbitrary: fc.constant({}) },
  { weight: 1, arbitrary: fc.constant({ labels: { app: 5 } }) },
  { weight: 1, arbitrary: fc.constant({ creationTimestamp: "yesterday" }) },
);

/** A pod of the API, with everything that has a say in whether and where it is policed. */
export const apiPod: fc.Arbitrary<ApiObject> = fc.record({
  namespace: fc.constantFrom(...namespaceNames, "red", "blue", "red", "blue"),
  name: fc.integer({ min: 0, max: 9 }),
  labels,
  node: fc.constantFrom("n1", "n1", "n1", "n2", "n2", "n3", ""),
  ips: podIps,
  created: fc.constantFrom("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
  phase: fc.constantFrom("Running", "Running", "Running", "Pending", "Succeeded", "Failed"),
  hostNetwork: fc.integer({ min: 0, max: 11 }).map((number) => number === 0),
  containers,
  flaw,
}).map(({ namespace, name, containers, flaw, ...traits }) =>
  pod(`${namespace}/p${name}`, { ...traits, spec: containers, metadata: flaw } as const)
);
