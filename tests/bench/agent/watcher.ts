/**
 * What an API server and the wire cost alone: a client that watches all pods and only reads lines.
 *
 *     deno run -A tests/bench/agent/watcher.ts URL
 *
 * It says `{ lines, bytes }` once the list is there. To `report` on its standard input it answers
 * with the times that changes took from the server to here, in ms, since it was asked last.
 */
import { sentAt } from "../../apiserver/churn.ts";
import { linesOf } from "../../apiserver/lines.ts";
import { monotonicMs } from "../../lab/clock.ts";

const parameters = new URLSearchParams({
  ...{ watch: "1", allowWatchBookmarks: "true", timeoutSeconds: "86400" },
  ...{ sendInitialEvents: "true", resourceVersionMatch: "NotOlderThan" },
});

const [url = ""] = Deno.args;
const stamp = `"${sentAt}":"`;
let times: number[] = [];

await Promise.race([watch(), answer()]);

async function watch(): Promise<void> {
  const { body } = await fetch(`${url}/api/v1/pods?${parameters}`);
  if (body === null) throw new Error("Cannot watch: the answer has no body");
  let [lines, bytes, isLive] = [0, 0, false];
  for await (const line of linesOf(body)) {
    lines++;
    bytes += line.length;
    if (isLive) note(line);
    else if (line.startsWith(`{"type":"BOOKMARK"`)) {
      isLive = true;
      say(JSON.stringify({ lines, bytes }));
    }
  }
}

/** What is deleted still bears the stamp of its last change. */
function note(line: string): void {
  const at = line.indexOf(stamp);
  if (at < 0 || line.startsWith(`{"type":"DELETED"`)) return;
  times.push(monotonicMs() - parseFloat(line.slice(at + stamp.length)));
}

async function answer(): Promise<void> {
  for await (const line of linesOf(Deno.stdin.readable)) {
    if (line !== "report") throw new TypeError(`Cannot do "${line}": expected "report"`);
    say(JSON.stringify(times));
    times = [];
  }
}

function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}
