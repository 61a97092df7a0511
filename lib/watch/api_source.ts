import { ApiClient } from "./api_client.ts";
import { type AccessSource, readAccess } from "./read_access.ts";
import { Reflector } from "./reflector.ts";
import type { ReflectorTiming } from "./reflector_options.ts";
import type { ReflectorStatus } from "./reflector_status.ts";
import {
  adminNetworkPolicies,
  baselineAdminNetworkPolicies,
  clusterNetworkPolicies,
  namespaces,
  nodes,
  pods,
  policies,
  withStatus,
} from "./resources.ts";
import type { ObservedSinks, Sinks } from "./sink.ts";
import type { Source } from "./source.ts";

/** What a source is made with. */
export interface ApiSourceOptions {
  /** Where the objects go. */
  readonly sinks: Sinks;
  /** Told of the policies of the tiers in place of `sinks`, where that is asked for. */
  readonly observed?: ObservedSinks | undefined;
  /** What differs from the timing that is right for a real server. */
  readonly timing?: Partial<ReflectorTiming>;
}

/** A source that follows an API server. */
export interface ApiSource extends Source {
  /** Asks the server; its connections end with the run. */
  readonly client: ApiClient;
  /** A status for each kind, with what only reflectors have. */
  readonly status: () => readonly ReflectorStatus[];
}

const tierKinds = [
  ["clusterNetworkPolicies", clusterNetworkPolicies],
  ["adminNetworkPolicies", adminNetworkPolicies],
  ["baselineAdminNetworkPolicies", baselineAdminNetworkPolicies],
] as const;

/**
 * The objects of an API server. The settings are read here, and again when the server does not
 * take them; the server itself need not be there yet.
 *
 * @throws {AccessError} where the settings cannot be used.
 */
export async function openApiSource(
  access: AccessSource,
  { sinks, observed, timing = {} }: ApiSourceOptions,
): Promise<ApiSource> {
  const client = await ApiClient.open(() => readAccess(access));
  const shared = { client, timing };
  const reflectors = [
    new Reflector(namespaces, { ...shared, sink: sinks.namespaces }),
    new Reflector(nodes, { ...shared, sink: sinks.nodes }),
    new Reflector(policies, { ...shared, sink: sinks.policies }),
    ...tierKinds.map(([name, resource]) =>
      observed === undefined
        ? new Reflector(resource, { ...shared, sink: sinks[name] })
        : new Reflector(withStatus(resource), { ...shared, sink: observed[name] })
    ),
    new Reflector(pods, { ...shared, sink: sinks.pods }),
  ];
  return {
    client,
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
