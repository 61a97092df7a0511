import { getLogger } from "@logtape/logtape";
import { decodeEndpoint } from "../decode/endpoint.ts";
import { isFields, noFields } from "../decode/fields.ts";
import { tryParseAddress } from "../decode/address.ts";
import type { IpAddress } from "../model/address.ts";
import type { Endpoint } from "../model/endpoint.ts";
import type { EndedClaims, Heritage } from "../model/heritage.ts";
import { type Era, eras } from "../model/newcomer.ts";

const logger = getLogger(["hedgerow", "serve"]);

/** An endpoint as it stands in the file. */
export interface FiledEndpoint {
  /** As it was announced. */
  readonly endpoint: Endpoint;
  /** Whether its network namespace could be looked at when it was announced. */
  readonly isNetnsSeen: boolean;
  /** False until it is in the kernel and its plugin may be told so. */
  readonly isCommitted: boolean;
}

/** All that the file tells. */
export interface Filed {
  /** Those that there are. */
  readonly endpoints: readonly FiledEndpoint[];
  /** What else is known of addresses. */
  readonly heritage: Heritage;
}

/**
 * The file that tells the next agent what the CNI plugin told this one. It is on a file system that
 * does not outlive the machine, so nothing has to reach a disk; a reader sees all of it or nothing.
 */
export class EndpointFile {
  readonly #path: string;

  /** The file need not be there. */
  constructor(path: string) {
    this.#path = path;
  }

  /** What stands in the file; what cannot be understood is told, and is not there. */
  async read(): Promise<Filed> {
    try {
      const value: unknown = JSON.parse(await Deno.readTextFile(this.#path));
      const heritage = { eras: readEras(value), ended: readEnded(value) };
      return { endpoints: readEndpoints(value), heritage };
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return nothing;
      logger.error("Cannot read {path}: what the CNI plugin told is forgotten: {error}", {
        ...{ path: this.#path, error },
      });
      return nothing;
    }
  }

  /**
   * Writes what there is. It is done at once: a pod waits for it, and handing so little over to
   * another thread and back costs more than the thing itself.
   */
  save({ endpoints, heritage: { eras, ended } }: Filed): void {
    const list = endpoints.map(({ endpoint, ...traits }) => ({ ...traits, ...endpoint }));
    const text = JSON.stringify({ endpoints: list, eras: Object.fromEntries(eras), ended });
    Deno.writeTextFileSync(`${this.#path}.new`, text, { mode: 0o600 });
    Deno.renameSync(`${this.#path}.new`, this.#path);
  }
}

const nothing: Filed = { endpoints: [], heritage: { eras: new Map(), ended: [] } };

/** A file of an agent that knew of none has none. */
function readEras(value: unknown): ReadonlyMap<IpAddress, Era> {
  const found = isFields(value) && isFields(value.eras) ? value.eras : noFields;
  return new Map(
    Object.entries(found).flatMap(([text, value]) => {
      const address = tryParseAddress(text);
      const era = eras.find((era) => era === value);
      return address === undefined || era === undefined ? [] : [[address, era] as const];
    }),
  );
}

/** Nor has a file of such an agent these. */
function readEnded(value: unknown): readonly EndedClaims[] {
  const { ended } = isFields(value) ? value : noFields;
  return (Array.isArray(ended) ? ended : []).flatMap((entry: unknown) => {
    const { namespace, name, uid, addresses } = isFields(entry) ? entry : noFields;
    if (typeof namespace !== "string" || typeof name !== "string" || typeof uid !== "string") {
      return [];
    }
    return [{ namespace, name, uid, addresses: readAddresses(addresses) }];
  });
}

function readAddresses(value: unknown): readonly IpAddress[] {
  return (Array.isArray(value) ? value : []).flatMap((text: unknown) => {
    return typeof text === "string" ? tryParseAddress(text) ?? [] : [];
  });
}

function readEndpoints(value: unknown): readonly FiledEndpoint[] {
  const { endpoints } = isFields(value) ? value : noFields;
  if (!Array.isArray(endpoints)) throw new Error("it has no list of endpoints");
  return endpoints.flatMap((entry: unknown) => {
    const { object, issues } = decodeEndpoint(entry);
    for (const issue of issues) logger.error("An endpoint is lost: {issue}", { issue });
    const { isNetnsSeen, isCommitted } = isFields(entry) ? entry : noFields;
    if (object === undefined) return [];
    return [{
      endpoint: object,
      isNetnsSeen: isNetnsSeen === true,
      isCommitted: isCommitted === true,
    }];
  });
}
