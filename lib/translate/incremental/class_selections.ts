// This module is pure.
import type { PodClass } from "./pod_classes.ts";
import type { SelectionIndex } from "./selection_index.ts";
import type { SelectionUser } from "./selection_use.ts";

/** What selects a class of pods. */
export interface Selected {
  /** The keys of the selections. */
  readonly keys: ReadonlySet<string>;
  /** What is made with any of them. */
  readonly users: ReadonlySet<SelectionUser>;
}

/** What selects whom, worked out once for each class: it holds as long as nothing changes. */
export class ClassSelections {
  readonly #index: SelectionIndex;
  readonly #known = new Map<PodClass | undefined, Selected>();

  /** Nothing is worked out yet. */
  constructor(index: SelectionIndex) {
    this.#index = index;
  }

  /** What selects a class; undefined, the class of what is no pod's: nothing. */
  of(podClass: PodClass | undefined): Selected {
    const known = this.#known.get(podClass);
    if (known !== undefined) return known;
    const uses = podClass === undefined ? [] : [...this.#index.usesOf(podClass)];
    const selected = {
      keys: new Set(uses.map(({ selection }) => selection.key)),
      users: new Set(uses.flatMap(({ users }) => [...users])),
    };
    this.#known.set(podClass, selected);
    return selected;
  }
}
