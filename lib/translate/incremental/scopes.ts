// This module is pure.
import { formatSelector, type Labels, type LabelSelector } from "../../model/labels.ts";
import { isNamespaceSelected } from "../selection.ts";
import type { Home } from "./pod_classes.ts";

/** A selector over namespaces, and what it selects. */
export interface Scope {
  /** What it says, printed. */
  readonly key: string;
  /** Over all namespaces (NP-14). */
  readonly namespaces: LabelSelector;
  /** As a selection has it. */
  readonly inDoubt: boolean;
  /** Those with pods. */
  readonly homes: Set<Home>;
  /** How many selections have it. */
  uses: number;
}

/** Which namespaces are selected by the selectors over them; many selections share one. */
export class Scopes {
  readonly #scopes = new Map<string, Scope>();
  /** name -> the labels of the namespaces that are known */
  readonly #labels = new Map<string, Labels>();

  /** A selection has this scope, once more or for the first time. */
  acquire(
    namespaces: LabelSelector,
    { inDoubt, homes }: { readonly inDoubt: boolean; readonly homes: Iterable<Home> },
  ): Scope {
    const key = `${inDoubt ? "?" : ""}${formatSelector(namespaces)}`;
    const scope = this.#scopes.get(key) ??
      { key, namespaces, inDoubt, homes: new Set<Home>(), uses: 0 };
    if (scope.uses++ > 0) return scope;
    this.#scopes.set(key, scope);
    for (const home of homes) if (this.#isIn(home, scope)) scope.homes.add(home);
    return scope;
  }

  /** A selection that has this scope is no longer needed. */
  release(scope: Scope): void {
    if (--scope.uses === 0) this.#scopes.delete(scope.key);
  }

  /** There are pods in a namespace. */
  homeBegan(home: Home): void {
    for (const scope of this.#scopes.values()) if (this.#isIn(home, scope)) scope.homes.add(home);
  }

  /** There are no pods in a namespace any more. */
  homeEnded(home: Home): void {
    for (const { homes } of this.#scopes.values()) homes.delete(home);
  }

  /**
   * A namespace has come, gone (its labels are undefined then) or has other labels.
   *
   * @returns the scopes that it has joined or left with its pods, if it has any.
   */
  namespaceChanged(
    name: string,
    { labels, home }: { readonly labels: Labels | undefined; readonly home: Home | undefined },
  ): ReadonlySet<Scope> {
    if (labels === undefined) this.#labels.delete(name);
    else this.#labels.set(name, labels);
    const changed = new Set<Scope>();
    if (home === undefined) return changed;
    for (const scope of this.#scopes.values()) {
      const isIn = this.#isIn(home, scope);
      if (isIn === scope.homes.has(home)) continue;
      if (isIn) scope.homes.add(home);
      else scope.homes.delete(home);
      changed.add(scope);
    }
    return changed;
  }

  #isIn({ name }: Home, scope: Scope): boolean {
    return isNamespaceSelected({ name, labels: this.#labels.get(name) }, scope);
  }
}
