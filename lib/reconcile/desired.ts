import { getLogger } from "@logtape/logtape";
import type { ClusterState } from "../model/cluster.ts";
import type { Listing } from "../model/listing.ts";
import type { Guard, NodePolicy } from "../model/node_policy.ts";
import { isSame } from "../model/same.ts";
import type { Touched } from "../model/touched.ts";
import { difference } from "../render/difference.ts";
import { listRuleset } from "../render/listing.ts";
import { portsTable } from "../render/ports_table.ts";
import { renderRuleset } from "../render/render.ts";
import { Renderer } from "../render/renderer.ts";
import { translate } from "../translate/translate.ts";
import { Translator } from "../translate/translator.ts";

const logger = getLogger(["hedgerow", "reconcile"]);

/** What a state comes to. */
export interface Wanted {
  /** What the node's pods may send and receive. */
  readonly policy: NodePolicy;
  /** The table that sees to it. */
  readonly listing: Listing;
  /** The table for the ports of bridges; undefined: there are none. The same object while it is. */
  readonly ports: Listing | undefined;
}

/** What a node's table should be, worked out from what is touched; and anew, as often as asked. */
export class Desired {
  readonly #nodeName: string;
  /** What remembers the state before; undefined where there is none, or none to be relied on. */
  #memory: { readonly translator: Translator; readonly renderer: Renderer } | undefined;

  /** The table of ports that was made last, and of what. */
  #ports: { readonly guards: readonly Guard[]; readonly listing: Listing | undefined } | undefined;

  /** Nothing is remembered yet. */
  constructor(nodeName: string) {
    this.#nodeName = nodeName;
  }

  /**
   * What a state comes to.
   *
   * @param touched What of it may be otherwise than at the last call; undefined: everything.
   */
  next(state: ClusterState, touched: Touched | undefined): Wanted {
    const known = touched === undefined ? undefined : this.#memory;
    const { translator, renderer } = known ??
      { translator: new Translator(this.#nodeName), renderer: new Renderer() };
    this.#memory = undefined;
    const policy = translator.translate(state, known === undefined ? undefined : touched);
    const listing = renderer.render(policy);
    this.#memory = { translator, renderer };
    if (this.#ports?.guards !== policy.guards) {
      this.#ports = { guards: policy.guards, listing: portsTable(policy.guards) };
    }
    return { policy, listing, ports: this.#ports.listing };
  }

  /** What a state comes to, worked out from the whole, by the plain road. */
  plain(state: ClusterState): Wanted {
    const policy = translate(state, this.#nodeName);
    const listing = listRuleset(renderRuleset(policy));
    return { policy, listing, ports: portsTable(policy.guards) };
  }

  /** As `next`, held against the plain road: that is what counts where they differ. */
  checked(state: ClusterState, touched: Touched | undefined): Wanted {
    const next = this.next(state, touched);
    const plain = this.plain(state);
    const isAlike = isSame(next.policy, plain.policy) &&
      difference(plain.listing, next.listing).length === 0;
    if (isAlike) return next;
    logger.error("Worked out anew, the table is another: {differing}", {
      differing: differingParts(next.policy, plain.policy),
    });
    this.#memory = undefined;
    return plain;
  }
}

/** The names of the parts in which two policies differ; none: only their tables do. */
function differingParts(a: NodePolicy, b: NodePolicy): readonly string[] {
  const others = new Map<string, unknown>(Object.entries(b));
  return Object.entries(a).filter(([name, part]) => !isSame(part, others.get(name)))
    .map(([name]) => name);
}
