import {
  ansiColorFormatter,
  configure,
  getStreamSink,
  getTextFormatter,
  jsonLinesFormatter,
  type LogRecord,
  type TextFormatter,
} from "@logtape/logtape";
import type { AgentOptions } from "./agent_options.ts";

/** Sends everything that hedgerow logs to the standard error, a line a record. */
export async function configureLogging(
  { logLevel, logFormat }: Pick<AgentOptions, "logLevel" | "logFormat">,
): Promise<void> {
  const formatter = (record: LogRecord): string => formatterOf(logFormat)(plainly(record));
  await configure({
    sinks: { stderr: getStreamSink(Deno.stderr.writable, { formatter }) },
    loggers: [
      { category: "hedgerow", lowestLevel: logLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
}

const textFormatter = getTextFormatter();

function formatterOf(format: AgentOptions["logFormat"]): TextFormatter {
  if (format === "json") return jsonLinesFormatter;
  return Deno.stderr.isTerminal() ? ansiColorFormatter : textFormatter;
}

function plainly(record: LogRecord): LogRecord {
  return { ...record, message: [formatMessage(record.message)] };
}

/** Makes a message read as it was written: without quotes around the values in it. */
export function formatMessage(message: readonly unknown[]): string {
  return message.map((part, i) => i % 2 === 0 ? part : formatValue(part)).join("");
}

function formatValue(value: unknown): string {
  if (typeof value === "string") return value;
  if (value instanceof Error) return value.message;
  if (Array.isArray(value)) return value.map(formatValue).join(", ");
  return Deno.inspect(value, { breakLength: Infinity, compact: true });
}
