import type { ClusterStore } from "../../lib/cluster/store.ts";
import { decodePod } from "../../lib/decode/pod.ts";
import { Renderer } from "../../lib/render/renderer.ts";
import { translate } from "../../lib/translate/translate.ts";
import { Translator } from "../../lib/translate/translator.ts";
import { History } from "../apiserver/change.ts";
import { generateCluster } from "../apiserver/generate.ts";
import type { ClusterSize } from "../apiserver/generated.ts";
import { threadCpuMs } from "../lab/clock.ts";
import { decodeObjects, stateOf } from "../unit/state.ts";
import type { Figure } from "./figure.ts";

/** In which cluster, and how many events. */
export interface TranslationOptions {
  readonly cluster: ClusterSize;
  /** Of pods, each of which changes what is known of one. */
  readonly events: number;
  /** As many more, for the plain road. */
  readonly plain: number;
}

const nodeName = "node-0";

/**
 * What it takes to work out the node's policy after one pod has changed, as the agent does, and by
 * the plain road: CPU time alone, with all garbage that the thread itself collects.
 */
export function measureTranslation(
  { cluster, events, plain }: TranslationOptions,
): readonly Figure[] {
  const store = stateOf(decodeObjects([...generateCluster(cluster)]), nodeName);
  const history = new History(cluster);
  const [translator, renderer] = [new Translator(nodeName), new Renderer()];
  renderer.render(translator.translate(store, store.touches.take()));
  const taken = { translating: 0, rendering: 0, plain: 0 };
  for (let event = 0; event < events; event++) {
    changePod(store, history);
    const from = threadCpuMs();
    const policy = translator.translate(store, store.touches.take());
    const translated = threadCpuMs();
    renderer.render(policy);
    taken.translating += translated - from;
    taken.rendering += threadCpuMs() - translated;
  }
  for (let event = 0; event < plain; event++) {
    changePod(store, history);
    const from = threadCpuMs();
    translate(store, nodeName);
    taken.plain += threadCpuMs() - from;
  }
  const figure = (what: string, ms: number): Figure => ({
    name: `${what} after one pod event, CPU, mean, ${cluster.pods} pods`,
    ...{ unit: "ms", value: ms / events },
    baseline: { name: "plain translation", value: taken.plain / plain },
  });
  return [
    {
      ...figure("Translation", taken.translating),
      goal: { of: "measured", is: "below", bound: 0.2 },
    },
    figure("Translation and rendering", taken.translating + taken.rendering),
  ];
}

/** Lets a cluster's history go on to the next event of a pod that is news to the store. */
function changePod(store: ClusterStore, history: History): void {
  store.changes.take();
  while (store.changes.size === 0) {
    const { kind, object } = history.next().value;
    if (object.kind !== "Pod") continue;
    const { object: pod } = decodePod(object);
    if (pod === undefined) throw new Error("Cannot decode a generated pod");
    if (kind === "delete") store.sinks.pods.remove(pod, 0);
    else store.sinks.pods.upsert(pod, 0);
  }
}
