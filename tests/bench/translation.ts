import { decodePod } from "../../lib/decode/pod.ts";
import { translate } from "../../lib/translate/translate.ts";
import { History } from "../apiserver/change.ts";
import { generateCluster } from "../apiserver/generate.ts";
import type { ClusterSize } from "../apiserver/generated.ts";
import { threadCpuMs } from "../lab/clock.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { Figure } from "./figure.ts";
import { summarize } from "./statistics.ts";

/** In which cluster, and how many events. */
export interface TranslationOptions {
  readonly cluster: ClusterSize;
  readonly events: number;
}

const nodeName = "node-0";

/** What it takes to work out the node's policy anew after one pod has changed: CPU time alone. */
export function measureTranslation({ cluster, events }: TranslationOptions): readonly Figure[] {
  const store = stateOf(decodeObjects([...generateCluster(cluster)]), nodeName);
  const history = new History(cluster);
  const plain: number[] = [];
  while (plain.length < events) {
    const { kind, object } = history.next().value;
    if (object.kind !== "Pod") continue;
    const { object: pod } = decodePod(object);
    if (pod === undefined) throw new Error("Cannot decode a generated pod");
    if (kind === "delete") store.sinks.pods.remove(pod, 0);
    else store.sinks.pods.upsert(pod, 0);
    const from = threadCpuMs();
    translate(store, nodeName);
    plain.push(threadCpuMs() - from);
  }
  const value = summarize(plain)?.p50;
  const baseline = { name: "plain translation", value: value ?? NaN };
  return [{
    name: `Translation after one pod event, CPU, ${cluster.pods} pods`,
    ...{ unit: "ms", value, baseline, goal: { of: "measured", is: "below", bound: 0.2 } },
  }];
}
