import { ApiSource } from "../lab/api_source.ts";
import { Cluster } from "../lab/cluster.ts";
import { monotonicMs } from "../lab/clock.ts";
import { guard } from "../lab/interrupt.ts";
import { Play } from "./play.ts";
import { findFaults, reportStep } from "./report.ts";
import { Screen } from "./screen.ts";
import { leftovers } from "./leftovers.ts";
import { rows, stage, targets } from "./stage.ts";
import { steps } from "./steps.ts";

/** Everything that must be gone before the demo ends. */
const resources = new AsyncDisposableStack();
const screen = new Screen();
const paint: Screen["paint"] = (style, text) => screen.paint(style, text);

/** What was tried, and how much of it went wrong. */
interface Played {
  readonly attempts: number;
  readonly faults: number;
}

/** Builds the cluster and plays all steps. */
async function demo(): Promise<Played> {
  screen.print("", introduction(), "");
  const cluster = await timed("network namespaces, joined and routed", async () =>
    resources.use(
      await Cluster.create({
        ...stage,
        source: (lab) => new ApiSource(lab),
      }),
    ));
  watched = cluster;
  await timed("an agent in each node, synced and enforcing", () => cluster.startAgents());
  screen.print("", legend());
  const play = resources.use(new Play(cluster));
  let [attempts, faults] = [0, 0];
  for (const step of steps) {
    const outcome = await screen.during(step.title, () => play.step(step));
    screen.print(...reportStep(outcome, { rows, targets, paint }));
    attempts += outcome.cells.length;
    faults += findFaults(outcome).length;
  }
  return { attempts, faults };
}

/** For what is looked at once everything is gone. */
let watched: Cluster | undefined;

/** Plays, takes everything down, and tells how it went; gives the exit code. */
async function main(): Promise<number> {
  const began = monotonicMs();
  let result: Played | undefined;
  try {
    result = await demo();
  } catch (error) {
    if (screen.isClosed) await forever; // it was interrupted: nothing can succeed any more
    screen.print("", ...explain(error).map((line) => paint("bad", line)));
  } finally {
    await screen.during("taking everything down", () => resources.disposeAsync());
  }
  const left = await leftovers(watched);
  const good = result?.faults === 0 && left.length === 0;
  const seconds = ((monotonicMs() - began) / 1000).toFixed(1);
  screen.print(
    "",
    `${paint(good ? "good" : "bad", good ? "✔" : "✘")} ${sum(result)}; ${seconds} s`,
    left.length === 0
      ? "  Nothing is left: no network namespace, no agent, no table."
      : `  ${paint("bad", "Left behind:")} ${left.join(", ")}`,
    "",
  );
  return good ? 0 : 1;
}

function sum(result: Played | undefined): string {
  if (result === undefined) return "it could not be played to its end";
  const { attempts, faults } = result;
  const verdict = faults === 0 ? "all as the specification says" : `${faults} of them wrong`;
  return `${steps.length} steps, ${attempts} attempts to connect, ${verdict}`;
}

/** An error and what caused it, a line each. */
function explain(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [String(error)];
  return [error.message, ...(error.cause === undefined ? [] : explain(error.cause))];
}

const forever = new Promise<never>(() => {});

/** Does a part of the preparations and says how long it took. */
async function timed<T>(what: string, work: () => Promise<T>): Promise<T> {
  const began = monotonicMs();
  const result = await screen.during(what, work);
  const ms = (monotonicMs() - began).toFixed(0);
  screen.print(`  ${paint("good", "✔")} ${what} ${paint("dim", `${ms} ms`)}`);
  return result;
}

function introduction(): string {
  const { nodes, pods, namespaces } = stage;
  const count = `${nodes.length} nodes, ${pods.length} pods in ${
    Object.keys(namespaces).length
  } namespaces`;
  return `${paint("title", "hedgerow")}: ${count}, an outside host; ` +
    "real agents, real policies, real packets";
}

function legend(): string {
  const open = `${paint("open", "4 6")} got through by IPv4, IPv6`;
  const shut = `${paint("shut", "·")} did not`;
  return `  ${open}   ${shut}   ${paint("opened", "+4")} now does   ${
    paint("closed", "-·")
  } no more`;
}

/** What a signal does: from then on nothing is printed, as whatever goes on will fail. */
const farewell: AsyncDisposable = {
  [Symbol.asyncDispose]: () => {
    screen.print("", "Interrupted: taking everything down");
    screen.close();
    return Promise.resolve();
  },
};

using _guard = guard(farewell);
Deno.exit(await main());
