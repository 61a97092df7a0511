/**
 * Looks into a program that runs with `--inspect`, from its own network namespace:
 *
 *     deno run -A tests/bench/memory/heap_program.ts 127.0.0.1:9229
 *
 * Each line on its standard input is answered with the number of objects of all kinds that there are
 * when all garbage has been collected.
 */
import { linesOf } from "../../apiserver/lines.ts";

/** Which properties there are is a matter of what was asked. */
interface Result {
  readonly result?: { readonly objectId: string; readonly value?: number };
  readonly objects?: { readonly objectId: string };
}

/** An answer of the inspector, or something that it tells unasked. */
interface Message {
  readonly id?: number;
  readonly result?: Result;
  readonly error?: { readonly message: string };
}

const [address = ""] = Deno.args;
const [target] = await (await fetch(`http://${address}/json`)).json() as readonly {
  readonly webSocketDebuggerUrl: string;
}[];
if (target === undefined) throw new Error(`Cannot inspect ${address}: nothing runs there`);
const inspector = new WebSocket(target.webSocketDebuggerUrl);
await new Promise((resolve, reject) => {
  inspector.onopen = resolve;
  inspector.onerror = () => reject(new Error(`Cannot inspect ${address}: it refuses`));
});
let asked = 0;
for await (const _ of linesOf(Deno.stdin.readable)) {
  Deno.stdout.writeSync(new TextEncoder().encode(`${await countObjects()}\n`));
}
inspector.close();

/** Everything that has `Object.prototype` in its chain; the list itself is given up at once. */
async function countObjects(): Promise<number> {
  await ask("HeapProfiler.collectGarbage");
  const objectGroup = "counting";
  const { result } = await ask("Runtime.evaluate", {
    ...{ expression: "Object.prototype", objectGroup },
  });
  const { objects } = await ask("Runtime.queryObjects", {
    ...{ prototypeObjectId: result?.objectId, objectGroup },
  });
  const { result: count } = await ask("Runtime.callFunctionOn", {
    ...{ objectId: objects?.objectId, objectGroup, returnByValue: true },
    functionDeclaration: "function () { return this.length; }",
  });
  await ask("Runtime.releaseObjectGroup", { objectGroup });
  return count?.value ?? NaN;
}

function ask(method: string, params: object = {}): Promise<Result> {
  const id = ++asked;
  return new Promise((resolve, reject) => {
    inspector.onmessage = ({ data }) => {
      const message: Message = JSON.parse(data);
      if (message.id !== id) return;
      if (message.result !== undefined) resolve(message.result);
      else reject(new Error(`Cannot ask for ${method}: ${message.error?.message}`));
    };
    inspector.onclose = () => reject(new Error(`Cannot ask for ${method}: it has ended`));
    inspector.send(JSON.stringify({ id, method, params }));
  });
}
