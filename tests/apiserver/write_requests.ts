import { type ApiObject, type ApiPath } from "./kinds.ts";
import type { ObjectStore } from "./store.ts";
import { jsonResponse, statusResponse } from "./wire.ts";

/** Answers POST, PUT and DELETE: what scripts drive the cluster with. */
export async function answerWrite(
  request: Request,
  { target, store }: { target: ApiPath; store: ObjectStore },
): Promise<Response> {
  const { kind, namespace, name } = target;
  const key = namespace === "" ? name : `${namespace}/${name}`;
  switch (request.method) {
    case "DELETE":
      return store.delete(kind.resource, key)
        ? jsonResponse(new TextEncoder().encode(`{"kind":"Status","status":"Success"}`))
        : refuse(404, "NotFound", `${kind.resource} "${name}" not found`);
    case "POST":
    case "PUT": {
      const object: ApiObject = await request.json();
      const isNamed = typeof object?.metadata?.name === "string";
      if (!isNamed) return refuse(422, "Invalid", "metadata.name: Required value");
      const metadata = { ...object.metadata, ...(namespace === "" ? {} : { namespace }) };
      const stored = store.put({ ...object, kind: kind.kind, metadata });
      return jsonResponse(Uint8Array.from(stored.json), request.method === "POST" ? 201 : 200);
    }
    default:
      return refuse(405, "MethodNotAllowed", `${request.method} is not served`);
  }
}

function refuse(code: number, reason: string, message: string): Response {
  return statusResponse({ code, reason, message });
}
