// This module is pure.
import { generateNamespace, generateNode } from "./generate.ts";
import { generatePod, type PodTurn } from "./generate_pod.ts";
import { generatePolicy } from "./generate_policy.ts";
import { type ClusterSize, type GeneratedObject, pick } from "./generated.ts";

/** One thing that happens to a cluster. */
export interface Change {
  readonly kind: "put" | "delete";
  readonly object: GeneratedObject;
}

/** What happens, by turns: mostly to pods, as in any cluster. */
const course = [
  ...Array.from({ length: 10 }, () => ["relabel", "delete", "relabel", "create"] as const).flat(),
  ...["restart", "policy", "restart", "policy", "restart"] as const,
  ...["policy", "restart", "namespace", "restart", "node"] as const,
];

/**
 * The changes of a cluster, without end and the same each time. A pod's label `app` changes, so
 * that it is another's peer; a pod is deleted and its successor has another address; a container
 * restarts, which is nobody's business; policies change their rules, namespaces their team, nodes
 * their zone. Every seventh change of a pod is about one of the first node.
 */
export class History implements Iterator<Change> {
  readonly #size: ClusterSize;
  /** What has become of pods, by their number. */
  readonly #pods = new Map<number, PodTurn>();
  /** `policy 7` -> how often it has changed. */
  readonly #turns = new Map<string, number>();
  /** The pod that is deleted and has no successor yet. */
  #deleted = -1;
  #number = 0;

  constructor(size: ClusterSize) {
    this.#size = size;
  }

  /** The next change. */
  next(): IteratorYieldResult<Change> {
    const number = this.#number++;
    return { done: false, value: this.#change(number) };
  }

  #change(number: number): Change {
    const size = this.#size;
    const kind = course[number % course.length] ?? "restart";
    switch (kind) {
      case "relabel":
        return this.#movePod(this.#podOf(number), ({ turn = 0 }) => ({ turn: turn + 1 }));
      case "restart":
        return this.#movePod(this.#podOf(number), ({ restarts = 0 }) => ({
          restarts: restarts + 1,
        }));
      case "delete":
        return this.#deletePod(this.#podOf(number));
      case "create":
        return this.#replacePod();
      case "policy":
        return this.#turn(kind, number, size.policies, (i, turn) => generatePolicy(i, size, turn));
      case "namespace":
        return this.#turn(
          ...[kind, number, size.namespaces] as const,
          (i, turn) => generateNamespace(i, size, turn),
        );
      case "node":
        return this.#turn(kind, number, size.nodes, generateNode);
      default:
        return kind satisfies never;
    }
  }

  #movePod(index: number, change: (before: PodTurn) => PodTurn): Change {
    const before = this.#pods.get(index) ?? {};
    const after = { ...before, ...change(before) };
    this.#pods.set(index, after);
    return { kind: "put", object: generatePod(index, this.#size, after) };
  }

  #deletePod(index: number): Change {
    this.#deleted = index;
    return { kind: "delete", object: generatePod(index, this.#size, this.#pods.get(index)) };
  }

  #replacePod(): Change {
    const index = this.#deleted;
    this.#deleted = -1;
    return this.#movePod(index, ({ successor = 0 }) => ({ successor: successor + 1 }));
  }

  #turn(
    topic: string,
    number: number,
    count: number,
    generate: (index: number, turn: number) => GeneratedObject,
  ): Change {
    const index = pick(this.#size, topic, number, count);
    const turn = (this.#turns.get(`${topic} ${index}`) ?? 0) + 1;
    this.#turns.set(`${topic} ${index}`, turn);
    return { kind: "put", object: generate(index, turn) };
  }

  /** The pod that a change is about; never one that is not there. */
  #podOf(number: number): number {
    const { pods, nodes } = this.#size;
    const any = pick(this.#size, "changed pod", number, pods);
    const index = number % 7 === 0 ? any - any % nodes : any;
    return index === this.#deleted ? (index + nodes) % pods : index;
  }
}
