// This module is pure.
import { makeRandom } from "../kernel/agent/random.ts";
import type { ApiObject } from "./kinds.ts";

/** How large a cluster is to be. */
export interface ClusterSize {
  readonly pods: number;
  readonly namespaces: number;
  /** The pods are on these by turns: each has its share of them. */
  readonly nodes: number;
  readonly policies: number;
  /** Another seed, another cluster; 1 where nothing is said. */
  readonly seed?: number;
}

/** An object with everything that a real one has. */
export interface GeneratedObject extends ApiObject {
  readonly metadata: ApiObject["metadata"] & {
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec?: object;
  readonly status?: object;
}

/** The values of namespaces' label `team`. */
export const teams = 20;

const apps = ["web", "api", "db", "cache", "queue", "batch", "auth", "search"] as const;

/** The values of pods' label `app`, by number. */
export function appOf(index: number): string {
  return apps[index % apps.length] ?? apps[0];
}

/** A whole number below `count` that looks random and is the same for the same seed, topic, index. */
export function pick(
  { seed = 1 }: ClusterSize,
  topic: string,
  index: number,
  count: number,
): number {
  let mixed = seed;
  for (const letter of topic) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193);
  return Math.floor(makeRandom(mixed + Math.imul(index, 0x9e3779b1))() * count);
}
