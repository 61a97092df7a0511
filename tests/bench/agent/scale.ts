// This module is pure.
import type { ClusterSize } from "../../apiserver/generated.ts";
import type { Goal } from "../figure.ts";

/** What changes may be, as the agent's metrics call it. */
export const triggers = ["pod", "policy", "namespace", "node"] as const;

/** A cluster in which the agent is measured, and what is to be reached there. */
export interface Scale {
  /** As `10,000 pods`. */
  readonly name: string;
  readonly cluster: ClusterSize;
  /** Changes per second. */
  readonly rate: number;
  /** For how long it is left in peace, and for how long there is churn. */
  readonly seconds: { readonly idle: number; readonly churn: number };
  readonly goals: ScaleGoals;
}

/** The goals of a scale; what is not there has none. */
export interface ScaleGoals {
  readonly start?: Goal;
  readonly memory?: Goal;
  readonly idle?: Goal;
  readonly p50?: Goal;
  readonly p99?: Goal;
}

const below = (bound: number): Goal => ({ of: "measured", is: "below", bound });

/** 10,000 pods, 100 of them on the node. */
export const tenThousand: Scale = {
  name: "10,000 pods",
  cluster: { pods: 10_000, namespaces: 100, nodes: 100, policies: 1000 },
  rate: 50,
  // A whole round of self-heal, in which everything has its turn to be read back.
  seconds: { idle: 270, churn: 120 },
  goals: {
    ...{ start: below(2000), memory: below(120), idle: below(0.5) },
    ...{ p50: below(3), p99: below(15) },
  },
};

/** 150,000 pods, 250 of them on the node. */
export const manyThousand: Scale = {
  name: "150,000 pods",
  cluster: { pods: 150_000, namespaces: 5000, nodes: 600, policies: 5000 },
  rate: 200,
  seconds: { idle: 60, churn: 120 },
  goals: { start: below(12_000), memory: below(330) },
};
