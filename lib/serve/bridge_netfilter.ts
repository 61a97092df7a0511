import { getLogger } from "@logtape/logtape";
import { type ByFamily, families, type Family } from "../model/address.ts";
import { sleep } from "../watch/backoff.ts";

const logger = getLogger(["hedgerow", "serve"]);

/** family -> the parameter of the module br_netfilter, which each network namespace has of its own. */
const parameters: ByFamily<string> = {
  IPv4: "net.bridge.bridge-nf-call-iptables",
  IPv6: "net.bridge.bridge-nf-call-ip6tables",
};

/** What it is looked for with. */
export interface BridgeNetfilterOptions {
  /** Reads a file of one line below /proc; undefined: it is not there. */
  readonly read: (path: string) => Promise<string | undefined>;
  /** The bridges that pods are known to be ports of. */
  readonly bridges: () => ReadonlySet<string>;
  /** How often it is looked, in ms. */
  readonly everyMs: number;
}

/** Whether what pods on a bridge send each other is policed. */
export interface BridgeStatus {
  /** Where that is known, whether the kernel shows a family's packets on bridges to nftables. */
  readonly shown: ReadonlyMap<Family, boolean>;
  /** A line for each family that is not, while there are pods on bridges. */
  readonly problems: readonly string[];
}

/**
 * Looks whether bridges show their packets to nftables (br_netfilter). Where they do not, packets
 * between ports of a bridge pass by all of our rules.
 */
export class BridgeNetfilter {
  readonly #options: BridgeNetfilterOptions;
  #shown: ReadonlyMap<Family, boolean> = new Map();
  #told: readonly string[] = [];

  /** Nothing is looked at yet. */
  constructor(options: BridgeNetfilterOptions) {
    this.#options = options;
  }

  /** What was seen at the last look, for the pods that there are now. */
  get status(): BridgeStatus {
    const bridges = [...this.#options.bridges()].sort();
    const hidden = bridges.length === 0
      ? []
      : families.filter((family) => this.#shown.get(family) === false);
    const problems = hidden.map((family) =>
      `pods on ${bridges.join(", ")} are not policed among each other: ${formatHidden(family)}`
    );
    return { shown: this.#shown, problems };
  }

  /** Looks, and says when it has become otherwise; what cannot be read is told, and not known. */
  async look(): Promise<void> {
    try {
      const shown = new Map<Family, boolean>();
      for (const family of families) {
        const path = `/proc/sys/${parameters[family].replaceAll(".", "/")}`;
        const value = await this.#options.read(path);
        shown.set(family, value !== undefined && value !== "0");
      }
      this.#shown = shown;
    } catch (error) {
      logger.warning("Cannot tell whether pods on bridges are policed: {error}", { error });
      this.#shown = new Map();
    }
    this.#tell();
  }

  /** Looks from time to time, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.look();
      await sleep(this.#options.everyMs, signal);
    }
  }

  #tell(): void {
    const { problems } = this.status;
    if (problems.join() === this.#told.join()) return;
    this.#told = problems;
    for (const problem of problems) logger.error("{problem}", { problem });
    if (problems.length === 0) logger.info("Pods on bridges are policed");
  }
}

/** Says what is amiss, and what mends it. */
export function formatHidden(family: Family): string {
  return `the kernel does not show nftables the ${family} packets of bridges; load br_netfilter ` +
    `and set ${parameters[family]}=1`;
}
