import { type Health, liveness, readiness } from "./health.ts";
import type { Metrics } from "./metrics.ts";
import type { AgentStatus } from "./status.ts";

/** What requests are answered from. */
export interface HandlerOptions {
  /** Asked anew for each probe. */
  readonly status: () => AgentStatus;
  /** What `/metrics` prints. */
  readonly metrics: Metrics;
  /** How long a turn of the loop may take before `/healthz` says so, in ms. */
  readonly patienceMs: number;
}

/** Answers `/healthz`, `/readyz` and `/metrics`, and nothing else. */
export function makeHandler(options: HandlerOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return new Response("only GET is understood\n", { status: 405, headers: { allow: "GET" } });
    }
    return await answer(new URL(request.url).pathname, options);
  };
}

async function answer(path: string, options: HandlerOptions): Promise<Response> {
  const now = performance.now();
  switch (path) {
    case "/healthz":
      return healthResponse(liveness(options.status(), now, options.patienceMs));
    case "/readyz":
      return healthResponse(readiness(options.status(), now));
    case "/metrics": {
      const headers = { "content-type": options.metrics.contentType };
      return new Response(await options.metrics.text(), { headers });
    }
    default:
      return new Response("not found: try /healthz, /readyz, /metrics\n", { status: 404 });
  }
}

function healthResponse({ isGood, lines }: Health): Response {
  return new Response(`${lines.join("\n")}\n`, { status: isGood ? 200 : 503 });
}
