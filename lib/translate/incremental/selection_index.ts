// This module is pure.
import type { ClusterState } from "../../model/cluster.ts";
import { isPodSelected, type PodSelection, type Selectable } from "../selection.ts";
import { PodClasses } from "./pod_classes.ts";

/** A selection, and the sets that are made with it. */
export interface SelectionUse<User> {
  /** Selects pods. */
  readonly selection: PodSelection;
  /** At least one. */
  readonly users: Set<User>;
}

/** Which classes of pods are selected by which selections. */
export class SelectionIndex<User> {
  /** The pods that own addresses. */
  readonly classes: PodClasses<SelectionUse<User>> = new PodClasses();
  readonly #uses = new Map<string, SelectionUse<User>>();
  /** The namespace that selections are about, undefined for those over all -> their uses. */
  readonly #byHome = new Map<string | undefined, Set<SelectionUse<User>>>();

  /** A set is made with some selections. */
  add(user: User, selections: readonly PodSelection[], state: ClusterState): void {
    for (const selection of selections) {
      const use = this.#uses.get(selection.key) ?? this.#begin(selection, state);
      use.users.add(user);
    }
  }

  /** A set that was made with some selections is no longer needed. */
  remove(user: User, selections: readonly PodSelection[]): void {
    for (const { key } of selections) {
      const use = this.#uses.get(key);
      if (use?.users.delete(user) && use.users.size === 0) this.#end(use);
    }
  }

  /** The uses of selections that select a pod. */
  usesOf(pod: Selectable, state: ClusterState): readonly SelectionUse<User>[] {
    return [...this.#usesAt(pod.namespace), ...this.#usesAt(undefined)]
      .filter(({ selection }) => isPodSelected(pod, selection, state));
  }

  #begin(selection: PodSelection, state: ClusterState): SelectionUse<User> {
    const use = { selection, users: new Set<User>() };
    const home = homeOf(selection);
    this.#uses.set(selection.key, use);
    this.#byHome.set(home, this.#usesAt(home).add(use));
    for (const podClass of this.classes.in(home)) {
      if (isPodSelected(podClass, selection, state)) podClass.uses = [...podClass.uses, use];
    }
    return use;
  }

  #end(use: SelectionUse<User>): void {
    const home = homeOf(use.selection);
    const uses = this.#usesAt(home);
    this.#uses.delete(use.selection.key);
    uses.delete(use);
    if (uses.size === 0) this.#byHome.delete(home);
    for (const podClass of this.classes.in(home)) {
      if (podClass.uses.includes(use)) podClass.uses = podClass.uses.filter((u) => u !== use);
    }
  }

  #usesAt(home: string | undefined): Set<SelectionUse<User>> {
    return this.#byHome.get(home) ?? new Set();
  }
}

/** The one namespace that a selection is about; undefined where it may be any. */
export function homeOf({ namespaces }: PodSelection): string | undefined {
  return typeof namespaces === "string" ? namespaces : undefined;
}
