import { getLogger } from "@logtape/logtape";
import type { AgentOptions } from "./cli/agent_options.ts";
import type { Writer } from "./conditions/writer.ts";
import type { ApiSource } from "./watch/api_source.ts";
import type { Sinks } from "./watch/sink.ts";
import type { Source } from "./watch/source.ts";

const logger = getLogger(["hedgerow"]);

/** Who is told what the cluster is. */
export interface Readers {
  /** Takes what it is told, kind by kind. */
  readonly sinks: Sinks;
  /** Writes too, in its own time; it stands between the source and some of the sinks. */
  readonly writer: Writer | undefined;
}

/**
 * Opens what the agent follows: an API server, or a folder of manifests. What another source needs is
 * not loaded.
 */
export async function openSource(
  source: AgentOptions["source"],
  { sinks, writer }: Readers,
): Promise<Source> {
  switch (source.kind) {
    case "manifests": {
      const { manifestSource } = await import("./watch/source.ts");
      return manifestSource(source.directory, sinks);
    }
    case "kubeconfig":
    case "in-cluster": {
      const { openApiSource } = await import("./watch/api_source.ts");
      const api = await openApiSource(source, { sinks, observed: writer?.sinks });
      return writer === undefined ? api : { ...api, run: (signal) => runBoth(api, writer, signal) };
    }
    default:
      return source satisfies never;
  }
}

/** Nobody is to go without enforcement for what may be wrong with writing. */
async function runBoth(api: ApiSource, writer: Writer, signal: AbortSignal): Promise<void> {
  const writing = writer.run(api.client, signal).catch((error: unknown) => {
    logger.error("Conditions are written no more: {error}", { error });
  });
  await Promise.all([api.run(signal), writing]);
}
