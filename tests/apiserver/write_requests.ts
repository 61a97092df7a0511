import { type ApiObject, type ApiPath } from "./kinds.ts";
import type { ConditionObject } from "./status.ts";
import type { ObjectStore } from "./store.ts";
import { Stored } from "./stored.ts";
import { jsonResponse, statusResponse } from "./wire.ts";

/** Answers POST, PUT and DELETE, what scripts drive the cluster with, and what is applied to a status. */
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
    case "PATCH":
      if (target.subresource === "status" && kind.isCustom) {
        return await answerApply(request, { target, store });
      }
      return refuse(405, "MethodNotAllowed", "PATCH is served for the status of custom kinds only");
    default:
      return refuse(405, "MethodNotAllowed", `${request.method} is not served`);
  }
}

interface AppliedStatus {
  readonly metadata?: { readonly name?: string; readonly resourceVersion?: string };
  readonly status?: { readonly conditions?: readonly ConditionObject[] };
}

/** Server-side apply, in JSON: the real one takes YAML, of which that is a part. */
async function answerApply(
  request: Request,
  { target: { kind, name }, store }: { target: ApiPath; store: ObjectStore },
): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const manager = query.get("fieldManager");
  if (request.headers.get("content-type") !== "application/apply-patch+yaml") {
    return refuse(415, "UnsupportedMediaType", "only application/apply-patch+yaml is served");
  }
  if (manager === null) return refuse(422, "Invalid", "fieldManager: Required value");
  const { metadata, status }: AppliedStatus = await request.json();
  if (metadata?.name !== name) return refuse(400, "BadRequest", "metadata.name: another's");
  const { resourceVersion } = metadata;
  const result = store.applyStatus(kind.resource, name, {
    ...{ manager, force: query.get("force") === "true", conditions: status?.conditions ?? [] },
    ...(resourceVersion === undefined ? {} : { resourceVersion }),
  });
  if (!(result instanceof Stored)) return statusResponse(result);
  return jsonResponse(Uint8Array.from(result.json));
}

function refuse(code: number, reason: string, message: string): Response {
  return statusResponse({ code, reason, message });
}
