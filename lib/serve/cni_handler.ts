import type { Decoded } from "../decode/decode.ts";
import { decodeEndpoint, decodeEndpointName } from "../decode/endpoint.ts";
import { formatIssue } from "../model/issue.ts";
import type { Handler } from "./listen.ts";
import { Refusal } from "./refusal.ts";
import { readBody } from "./request_body.ts";
import type { Sandboxes } from "./sandboxes.ts";

/** What the CNI plugin is answered from. */
export interface CniHandlerOptions {
  /** What it tells of. */
  readonly sandboxes: Sandboxes;
  /** Ends when a pod that is enforced is told DNS names by us, too, or cannot be. */
  readonly followed: () => Promise<void>;
  /** Hears how long an ADD took, in ms, and whether it was enforced. */
  readonly added: (isEnforced: boolean, ms: number) => void;
  /** Answers whatever is not the plugin's. */
  readonly others: Handler;
}

const prefix = "/v1/cni/";

/** Answers `POST /v1/cni/{add,del,check}`, which only the socket's owner may ask. */
export function makeCniHandler(options: CniHandlerOptions): Handler {
  return async (request) => {
    const path = new URL(request.url).pathname;
    if (!path.startsWith(prefix)) return await options.others(request);
    try {
      const command = path.slice(prefix.length);
      return Response.json(await answer(command, request, options));
    } catch (error) {
      return refuse(error);
    }
  };
}

async function answer(
  command: string,
  request: Request,
  { sandboxes, followed, added }: CniHandlerOptions,
): Promise<unknown> {
  if (!["add", "del", "check"].includes(command)) {
    throw new Refusal(404, `not found: try ${prefix}add, ${prefix}del, ${prefix}check`);
  }
  if (request.method !== "POST") throw new Refusal(405, "only POST is understood");
  const started = performance.now();
  const body = await readBody(request);
  if (command === "del") {
    sandboxes.del(required(decodeEndpointName(body)));
    return {};
  }
  const endpoint = required(decodeEndpoint(body));
  if (command === "check") {
    sandboxes.check(endpoint);
    return { enforced: true };
  }
  try {
    await sandboxes.add(endpoint);
    await followed();
  } catch (error) {
    added(false, performance.now() - started);
    throw error;
  }
  const ms = performance.now() - started;
  added(true, ms);
  return { enforced: true, ms };
}

function required<T>({ object, issues }: Decoded<T>): T {
  if (object !== undefined) return object;
  throw new Refusal(400, issues.map(formatIssue).join("; "));
}

/** What went wrong on our side may go right the next time. */
function refuse(error: unknown): Response {
  const refusal = error instanceof Refusal
    ? error
    : new Refusal(503, error instanceof Error ? error.message : String(error));
  const { status, message, isRetryable } = refusal;
  const headers = status === 405 ? { allow: "POST" } : {};
  return Response.json({ error: message, retryable: isRetryable }, { status, headers });
}
