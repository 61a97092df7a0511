import { ApiClient } from "./api_client.ts";
import { type AccessSource, readAccess } from "./read_access.ts";
import { Reflector } from "./reflector.ts";
import type { ReflectorTiming } from "./reflector_options.ts";
import type { ReflectorStatus } from "./reflector_status.ts";
import { namespaces, nodes, pods, policies } from "./resources.ts";
import type { Sinks } from "./sink.ts";
import type { Source } from "./source.ts";

/** What a source is made with. */
export interface ApiSourceOptions {
  /** Where the objects go. */
  readonly sinks: Sinks;
  /** What differs from the timing that is right for a real server. */
  readonly timing?: Partial<ReflectorTiming>;
}

/** A source that follows an API server. */
export interface ApiSource extends Source {
  /** The server's URL. */
  readonly server: string;
  /** A status for each kind, with what only reflectors have. */
  readonly status: () => readonly ReflectorStatus[];
}

/**
 * The objects of an API server. The settings are read here, and again when the server does not
 * take them; the server itself need not be there yet.
 *
 * @throws {AccessError} where the settings cannot be used.
 */
export async function openApiSource(
  access: AccessSource,
  { sinks, timing = {} }: ApiSourceOptions,
): Promise<ApiSource> {
  const client = await ApiClient.open(() => readAccess(access));
  const reflectors = [
    new Reflector(namespaces, { client, timing, sink: sinks.namespaces }),
    new Reflector(nodes, { client, timing, sink: sinks.nodes }),
    new Reflector(policies, { client, timing, sink: sinks.policies }),
    new Reflector(pods, { client, timing, sink: sinks.pods }),
  ];
  return {
    server: client.server,
    status: () => reflectors.map(({ status }) => status),
    async run(signal: AbortSignal): Promise<void> {
      const own = new AbortController();
      const stop = (): void => own.abort(signal.reason);
      signal.addEventListener("abort", stop, { once: true });
      if (signal.aborted) stop();
      try {
        await Promise.all(reflectors.map((reflector) => reflector.run(own.signal)));
      } finally {
        signal.removeEventListener("abort", stop);
        stop(); // one that rejects ends all
        client.close();
      }
    },
  };
}
