import { type ServedKind } from "./kinds.ts";
import { jsonResponse } from "./wire.ts";

/** Answers `/apis` and `/apis/GROUP/VERSION`; undefined for other paths, and for what is not there. */
export function answerDiscovery(
  path: string,
  kinds: readonly ServedKind[],
): Response | undefined {
  const served = kinds.filter(({ apiVersion }) => apiVersion.includes("/"));
  if (path === "/apis") {
    return json({ kind: "APIGroupList", apiVersion: "v1", groups: groups(served) });
  }
  const groupVersion = path.replace(/^\/apis\//, "");
  const own = served.filter(({ apiVersion }) => apiVersion === groupVersion);
  if (own.length === 0) return undefined;
  const resources = own.map(({ resource: name, kind, isNamespaced: namespaced }) => ({
    ...{ name, singularName: "", namespaced, kind, verbs: ["get", "list", "watch"] },
  }));
  return json({ kind: "APIResourceList", apiVersion: "v1", groupVersion, resources });
}

function groups(kinds: readonly ServedKind[]): readonly object[] {
  const groupOf = (groupVersion: string): string => groupVersion.split("/")[0] ?? "";
  const all = [...new Set(kinds.map(({ apiVersion }) => apiVersion))].map((groupVersion) => ({
    groupVersion,
    version: groupVersion.split("/")[1],
  }));
  return [...Map.groupBy(all, ({ groupVersion }) => groupOf(groupVersion))]
    .map(([name, versions]) => ({ name, versions, preferredVersion: versions[0] }));
}

function json(value: object): Response {
  return jsonResponse(new TextEncoder().encode(JSON.stringify(value)));
}
