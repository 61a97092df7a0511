import { ansiColorFormatter, configure, getStreamSink, jsonLinesFormatter } from "@logtape/logtape";
import type { AgentOptions } from "./options.ts";

/** Sends everything that hedgerow logs to the standard error, a line a record. */
export async function configureLogging(
  { logLevel, logFormat }: Pick<AgentOptions, "logLevel" | "logFormat">,
): Promise<void> {
  const formatter = logFormat === "json" ? jsonLinesFormatter : ansiColorFormatter;
  await configure({
    sinks: { stderr: getStreamSink(Deno.stderr.writable, { formatter }) },
    loggers: [
      { category: "hedgerow", lowestLevel: logLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
}
