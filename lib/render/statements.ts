// This module is pure.
import type { ListedChain, ListedSet, Listing } from "../model/listing.ts";
import type { TableName } from "../model/table_name.ts";

/** The statements of nft that change one table. */
export class Statements {
  readonly #table: TableName;

  /** Everything is about this table. */
  constructor(table: TableName) {
    this.#table = table;
  }

  /** Makes the table where it is not there. */
  addTable(): string {
    return `add table ${this.#table}`;
  }

  /** Deletes the table with all that is in it. */
  deleteTable(): string {
    return `delete table ${this.#table}`;
  }

  /** Declares a set or a map and puts elements into it. */
  addSet(name: string, { kind, declaration }: ListedSet, elements: readonly string[]): string {
    const list = elements.length === 0 ? [] : [`elements = { ${elements.join(", ")} }`];
    const lines = [...declaration, ...list].map((line) => `${line};`);
    return `add ${kind} ${this.#table} ${name} { ${lines.join(" ")} }`;
  }

  /** Deletes a set or a map that nothing refers to. */
  deleteSet(name: string, kind: ListedSet["kind"]): string {
    return `delete ${kind} ${this.#table} ${name}`;
  }

  /**
   * Puts elements into a set or a map that is there; none, no statement. It is declared once more,
   * which changes nothing: for that nft reads back no more than the names of tables, for
   * `add element` every set of the host, and each interval in them.
   */
  addElements(name: string, set: ListedSet, elements: readonly string[]): readonly string[] {
    return elements.length === 0 ? [] : [this.#addAgain(name, set, elements)];
  }

  #addAgain(name: string, set: ListedSet, elements: readonly string[]): string {
    const declaration = set.declaration.filter((line) => !line.startsWith('comment "'));
    return this.addSet(name, { ...set, declaration }, elements);
  }

  /** Deletes elements by their keys; none, no statement, as an empty list is a syntax error. */
  deleteElements(set: string, keys: readonly string[]): readonly string[] {
    if (keys.length === 0) return [];
    return [`delete element ${this.#table} ${set} { ${keys.join(", ")} }`];
  }

  /** Declares a chain, without rules. */
  addChain(name: string, { declaration }: ListedChain): string {
    const lines = declaration.map((line) => line.endsWith(";") ? line : `${line};`);
    const body = lines.length === 0 ? "" : ` { ${lines.join(" ")} }`;
    return `add chain ${this.#table} ${name}${body}`;
  }

  /** Takes all rules out of a chain. */
  flushChain(name: string): string {
    return `flush chain ${this.#table} ${name}`;
  }

  /** Deletes a chain that has no rules and that nothing refers to. */
  deleteChain(name: string): string {
    return `delete chain ${this.#table} ${name}`;
  }

  /** Appends rules in order. */
  addRules(chain: string, rules: readonly string[]): readonly string[] {
    return rules.map((rule) => `add rule ${this.#table} ${chain} ${rule}`);
  }

  /**
   * Appends rules to chains that are there. The sets that they name are declared once more, and the
   * rules stand in a block: so nft reads back no more than the names of tables, for `add rule` every
   * set of the host.
   *
   * @param sets Those that no statement before has declared in the same transaction.
   */
  fillChains(
    chains: Iterable<readonly [name: string, chain: Pick<ListedChain, "rules">]>,
    sets: Listing["sets"],
  ): readonly string[] {
    const named = new Set<string>();
    const blocks: string[] = [];
    for (const [name, { rules }] of chains) {
      if (rules.length === 0) continue;
      for (const rule of rules) for (const [, set = ""] of rule.matchAll(/@(\S+)/g)) named.add(set);
      blocks.push(
        `add chain ${this.#table} ${name} { ${rules.map((rule) => `${rule};`).join(" ")} }`,
      );
    }
    const again = [...named].flatMap((name) => {
      const set = sets.get(name);
      return set === undefined ? [] : [this.#addAgain(name, set, [])];
    });
    return [...again, ...blocks];
  }

  /** Deletes an object of another kind, as `ct helper`. */
  deleteObject(kind: string, name: string): string {
    return `delete ${kind} ${this.#table} ${name}`;
  }
}
