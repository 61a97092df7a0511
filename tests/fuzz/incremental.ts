import assert from "node:assert/strict";
import { inspect } from "node:util";
import { isDynamic, type Listing } from "../../lib/model/listing.ts";
import type { NodePolicy } from "../../lib/model/node_policy.ts";
import { isSame } from "../../lib/model/same.ts";
import { difference } from "../../lib/render/difference.ts";
import { listRuleset } from "../../lib/render/listing.ts";
import { renderRuleset } from "../../lib/render/render.ts";
import { Renderer } from "../../lib/render/renderer.ts";
import { translate } from "../../lib/translate/translate.ts";
import { Translator } from "../../lib/translate/translator.ts";
import { KernelTable } from "../walk/kernel_table.ts";
import type { Tally } from "./agreement.ts";
import { type History, ToldStore } from "./history.ts";

const nodeName = "n1";
/** The lists of a policy whose members stay the same objects while they say the same. */
export const parts = ["pods", "groups", "addressSets", "endpointSets", "nameSets"] as const;

/** An agent that works out only what is touched, held against the plain road at every look. */
class Agent {
  readonly #told: ToldStore;
  readonly #tally: Tally;
  readonly #translator = new Translator(nodeName);
  readonly #renderer = new Renderer();
  readonly #kernel = new KernelTable();
  #policy: NodePolicy | undefined;
  #listing: Listing | undefined;

  constructor(told: ToldStore, tally: Tally) {
    this.#told = told;
    this.#tally = tally;
  }

  look(): void {
    const { store } = this.#told;
    const policy = this.#translator.translate(store, store.touches.take());
    const plain = translate(store, nodeName);
    assert.deepEqual(policy, plain);
    if (this.#policy !== undefined) this.#assertShared(this.#policy, policy);
    this.#program(this.#renderer.render(policy), listRuleset(renderRuleset(plain)));
    this.#told.applied(policy);
    this.#policy = policy;
  }

  /** What says the same is the same object, so that nobody need look at it. */
  #assertShared(before: NodePolicy, after: NodePolicy): void {
    this.#tally.add(before === after ? "nothing new" : "something new");
    if (before !== after) assert.ok(!isSame(before, after), "a policy was made anew");
    for (const part of parts) {
      const now = new Set<unknown>(after[part]);
      for (const old of before[part]) {
        if (now.has(old)) this.#tally.add(`${part} kept`);
        else if (after[part].some((one) => isSame(one, old))) {
          assert.fail(`made anew: ${inspect(old)}`);
        }
      }
    }
  }

  /** As text to the byte, and by its differences in a table. */
  #program(listing: Listing, plain: Listing): void {
    assert.equal(script(listing), script(plain));
    assert.deepEqual(difference(plain, listing), []);
    for (const transaction of difference(this.#listing, listing)) this.#kernel.apply(transaction);
    assert.deepEqual(withoutDynamic(this.#kernel.listing), withoutDynamic(plain));
    this.#listing = listing;
  }
}

function script(listing: Listing): string {
  return difference(undefined, listing).flat().join("\n");
}

/** What rules fill is the kernel's affair. */
function withoutDynamic({ sets, chains }: Listing): Listing {
  return { sets: new Map([...sets].filter(([, set]) => !isDynamic(set))), chains };
}

/**
 * Plays a history with its looks, then all the way back, and forth again at once; throws where
 * what is worked out from what is touched is not what the whole comes to.
 */
export function playHistory({ objects, steps }: History, tally: Tally): void {
  const told = new ToldStore(nodeName, objects);
  const agent = new Agent(told, tally);
  agent.look();
  const past = [objects];
  for (const step of steps) {
    told.take(step);
    past.push(told.objects);
    if (step.looks) agent.look();
  }
  agent.look();
  for (const earlier of past.toReversed()) {
    told.become(earlier, "once");
    agent.look();
  }
  told.wait(100_000);
  agent.look();
  for (const later of past) told.become(later, "once");
  agent.look();
}
