// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { ClusterState, Pod } from "../../model/cluster.ts";
import { type LabelSelector, selects } from "../../model/labels.ts";
import { isSame } from "../../model/same.ts";
import type { PodSelection } from "../selection.ts";
import { type PodClass, PodClasses, type Profile } from "./pod_classes.ts";
import { type Scope, Scopes } from "./scopes.ts";
import type { SelectionUse, SelectionUser } from "./selection_use.ts";

/**
 * Which pods are selected by which selections. Pods that no selector can tell apart are asked
 * about once, and so are namespaces: a selection costs what it selects, and no look at every pod.
 */
export class SelectionIndex {
  readonly #scopes = new Scopes();
  readonly #classes = new PodClasses({
    profileBegan: (profile) => this.#profileBegan(profile),
    homeBegan: (home) => this.#scopes.homeBegan(home),
    homeEnded: (home) => this.#scopes.homeEnded(home),
  });
  readonly #uses = new Map<string, SelectionUse>();
  /** namespace -> the uses of selections that name it */
  readonly #byHome = new Map<string, Set<SelectionUse>>();
  /** True where a selector asks for a label that does not tell classes apart yet. */
  #isCoarse = false;

  /** Something is made with some selections; what these select is known after `settle`. */
  add(user: SelectionUser, selections: Iterable<PodSelection>): void {
    for (const selection of selections) {
      const use = this.#uses.get(selection.key) ?? this.#begin(selection);
      use.users.add(user);
    }
  }

  /** Something that was made with some selections is no longer needed. */
  remove(user: SelectionUser, selections: Iterable<PodSelection>): void {
    for (const { key } of selections) {
      const use = this.#uses.get(key);
      if (use?.users.delete(user) && use.users.size === 0) this.#end(use);
    }
  }

  /** An address has, or may have, another owner, or its owner is another record. */
  ownerChanged(address: IpAddress, before: Pod | undefined, after: Pod | undefined): void {
    const from = before === undefined ? undefined : this.#classes.of(before);
    const to = after === undefined ? undefined : this.#classes.add(address, after);
    if (from === to && isSame(before?.ports, after?.ports)) return;
    for (const podClass of new Set([from, to])) {
      if (podClass === undefined) continue;
      for (const { users } of this.usesOf(podClass)) for (const user of users) user.doubt(address);
    }
    if (from !== undefined && from !== to) this.#classes.remove(address, from);
  }

  /** A namespace has come, gone or has other labels. */
  namespaceChanged(name: string, { namespaces }: Pick<ClusterState, "namespaces">): void {
    const home = this.#classes.homes.get(name);
    const labels = namespaces.get(name)?.labels;
    const changed = this.#scopes.namespaceChanged(name, { labels, home });
    if (changed.size > 0) {
      for (const podClass of home?.classes.values() ?? []) doubt(podClass, changed);
    }
  }

  /** Tells pods apart by the labels that selectors ask for. */
  settle(owners: ClusterState["owners"]): void {
    if (!this.#isCoarse) return;
    const selectors = [...this.#uses.values()].map(({ selection }) => selection.podSelector);
    this.#classes.divide([...new Set(selectors.flatMap(keysOf))].sort(), owners);
    this.#isCoarse = false;
  }

  /** The class of a pod that owns an address. */
  classOf(pod: Pod): PodClass | undefined {
    return this.#classes.of(pod);
  }

  /** The uses of selections that select a class. */
  *usesOf({ home, profile }: PodClass): Iterable<SelectionUse> {
    for (const use of this.#byHome.get(home.name) ?? []) {
      if (selects(use.selection.podSelector, profile.labels)) yield use;
    }
    for (const use of profile.uses) if (use.scope?.homes.has(home)) yield use;
  }

  /** The classes that any of some selections selects; all of these are in use. */
  classesOf(selections: Iterable<PodSelection>): ReadonlySet<PodClass> {
    const found = new Set<PodClass>();
    for (const { key } of selections) {
      const use = this.#uses.get(key);
      if (use === undefined) throw new Error(`Cannot find the pods of "${key}": it is not in use`);
      for (const podClass of this.#selectedBy(use)) found.add(podClass);
    }
    return found;
  }

  *#selectedBy(use: SelectionUse): Iterable<PodClass> {
    const { selection: { namespaces, podSelector }, scope } = use;
    if (scope !== undefined) {
      for (const { classes } of scope.homes) {
        for (const podClass of classes.values()) if (podClass.profile.uses.has(use)) yield podClass;
      }
    } else if (typeof namespaces === "string") {
      for (const podClass of this.#classes.homes.get(namespaces)?.classes.values() ?? []) {
        if (selects(podSelector, podClass.profile.labels)) yield podClass;
      }
    }
  }

  #begin(selection: PodSelection): SelectionUse {
    const { key, namespaces, podSelector, inDoubt } = selection;
    const isAtHome = typeof namespaces === "string";
    const homes = this.#classes.homes.values();
    const scope = isAtHome ? undefined : this.#scopes.acquire(namespaces, { inDoubt, homes });
    const use: SelectionUse = { selection, scope, users: new Set() };
    this.#uses.set(key, use);
    if (isAtHome) {
      this.#byHome.set(namespaces, (this.#byHome.get(namespaces) ?? new Set()).add(use));
    }
    this.#isCoarse ||= !keysOf(podSelector).every((key) => this.#classes.keys.includes(key));
    if (scope === undefined || this.#isCoarse) return use;
    for (const { labels, uses } of this.#classes.profiles) {
      if (selects(podSelector, labels)) uses.add(use);
    }
    return use;
  }

  #end(use: SelectionUse): void {
    const { selection: { key, namespaces }, scope } = use;
    this.#uses.delete(key);
    if (scope !== undefined) {
      this.#scopes.release(scope);
      for (const { uses } of this.#classes.profiles) uses.delete(use);
    } else if (typeof namespaces === "string") {
      const uses = this.#byHome.get(namespaces);
      uses?.delete(use);
      if (uses?.size === 0) this.#byHome.delete(namespaces);
    }
  }

  #profileBegan({ labels, uses }: Profile): void {
    for (const use of this.#uses.values()) {
      if (use.scope !== undefined && selects(use.selection.podSelector, labels)) uses.add(use);
    }
  }
}

function keysOf(selector: LabelSelector): readonly string[] {
  return selector.map(({ key }) => key);
}

/** The addresses of a class whose namespace some scopes have gained or lost. */
function doubt({ profile, addresses }: PodClass, changed: ReadonlySet<Scope>): void {
  const sorted = [...addresses].sort(); // as every set will have them, which then need not sort
  for (const { scope, users } of profile.uses) {
    if (scope === undefined || !changed.has(scope)) continue;
    for (const user of users) for (const address of sorted) user.doubt(address);
  }
}
