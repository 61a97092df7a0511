import {
  isDynamic,
  isLeased,
  type ListedChain,
  type ListedSet,
  type Listing,
  type Transaction,
} from "../../lib/model/listing.ts";

/** What the kernel would hold after some transactions; it refuses what the kernel would refuse. */
export class KernelTable {
  readonly #sets = new Map<string, ListedSet>();
  readonly #chains = new Map<string, ListedChain>();
  #isThere = false;

  /** What is held now. */
  get listing(): Listing {
    return { sets: new Map(this.#sets), chains: new Map(this.#chains) };
  }

  /** Executes the statements of a transaction; throws on one that is not known, or refused. */
  apply(transaction: Transaction): void {
    for (const statement of transaction) {
      try {
        this.#execute(statement);
      } catch (cause) {
        throw new Error(`Cannot execute "${statement}": ${cause}`, { cause });
      }
    }
  }

  #execute(statement: string): void {
    const whole = /^(add|delete) table inet hedgerow$/.exec(statement);
    if (whole !== null) return this.#table(whole[1] === "add");
    if (!this.#isThere) throw new Error("there is no table");
    const pattern = /^(\w+) (set|map|chain|element|rule) inet hedgerow (\S+)(?: (.*))?$/;
    const [, verb, object, name = "", rest] = pattern.exec(statement) ?? [];
    switch (`${verb} ${object}`) {
      case "add set":
      case "add map":
        return this.#addSet(name, object === "map" ? "map" : "set", inBraces(rest));
      case "delete set":
      case "delete map":
        return this.#deleteSet(name, object ?? "");
      case "add chain":
        return this.#addChain(name, rest === undefined ? "" : inBraces(rest));
      case "flush chain":
        return this.#setRules(name, []);
      case "delete chain":
        return this.#deleteChain(name);
      case "add rule":
        return this.#setRules(name, [...this.#chain(name).rules, rest ?? ""]);
      case "delete element":
        return this.#deleteElements(name, inBraces(rest));
      default:
        throw new Error("it is not known");
    }
  }

  #table(isAdded: boolean): void {
    if (!isAdded && !this.#isThere) throw new Error("there is no table");
    if (!isAdded) {
      this.#sets.clear();
      this.#chains.clear();
    }
    this.#isThere = isAdded;
  }

  /** What is there and declared alike, its comment apart, only gets the elements. */
  #addSet(name: string, kind: ListedSet["kind"], text: string): void {
    const [, lines = "", elements] = /^(.*?)(?: elements = \{ (.*) \};)?$/.exec(text) ?? [];
    const declaration = declarationOf(lines);
    const found = this.#sets.get(name) ?? { kind, declaration, elements: new Map() };
    const isAlike = `${withoutComment(found.declaration)}` === `${withoutComment(declaration)}`;
    if (found.kind !== kind || !isAlike) {
      throw new Error("it is there, declared otherwise");
    }
    this.#sets.set(name, found);
    if (elements !== undefined) this.#addElements(name, elements);
  }

  #deleteSet(name: string, kind: string): void {
    if (this.#set(name).kind !== kind) throw new Error("it is of another kind");
    this.#refuseReference(`@${name}`);
    this.#sets.delete(name);
  }

  /** One that is there gets rules. */
  #addChain(name: string, text: string): void {
    const found = this.#chains.get(name);
    if (found === undefined) {
      this.#chains.set(name, { declaration: declarationOf(text), rules: [] });
    } else {
      if (text === "") throw new Error("it is there");
      this.#setRules(name, [...found.rules, ...splitRules(text)]);
    }
  }

  #deleteChain(name: string): void {
    if (this.#chain(name).rules.length > 0) throw new Error("it has rules");
    this.#refuseReference(`jump ${name}`);
    this.#refuseReference(`goto ${name}`);
    this.#chains.delete(name);
  }

  #setRules(name: string, rules: readonly string[]): void {
    this.#chains.set(name, { ...this.#chain(name), rules });
  }

  #addElements(name: string, text: string): void {
    const set = this.#set(name);
    const elements = new Map(set.elements);
    for (const element of splitElements(text)) {
      const key = element.replace(/(?: timeout \w+)?(?: comment "[^"]*")?(?: : .*)?$/, "");
      if (elements.has(key) && !isLeased(set) && !isDynamic(set)) {
        throw new Error(`element ${key} is there`);
      }
      elements.set(key, element);
    }
    if (elements.size > sizeOf(set)) throw new Error(`there is no room for ${elements.size}`);
    this.#sets.set(name, { ...set, elements });
  }

  #deleteElements(name: string, text: string): void {
    const set = this.#set(name);
    const elements = new Map(set.elements);
    for (const key of splitElements(text)) {
      if (!elements.delete(key)) throw new Error(`element ${key} is not there`);
    }
    this.#sets.set(name, { ...set, elements });
  }

  #set(name: string): ListedSet {
    const set = this.#sets.get(name);
    if (set === undefined) throw new Error("there is no such set");
    return set;
  }

  #chain(name: string): ListedChain {
    const chain = this.#chains.get(name);
    if (chain === undefined) throw new Error("there is no such chain");
    return chain;
  }

  /** Nothing that is referred to can be deleted. */
  #refuseReference(reference: string): void {
    const rules = [...this.#chains.values()].flatMap(({ rules }) => rules);
    const elements = [...this.#sets.values()].flatMap(({ elements }) => [...elements.values()]);
    const holder = [...rules, ...elements].find((text) => ` ${text} `.includes(` ${reference} `));
    if (holder !== undefined) throw new Error(`it is busy: ${holder}`);
  }
}

/** How many elements fit into a set. */
function sizeOf({ declaration }: ListedSet): number {
  const [line] = declaration.filter((line) => line.startsWith("size "));
  return line === undefined ? Infinity : Number(line.slice("size ".length));
}

function inBraces(text: string | undefined): string {
  const [, inner] = /^\{ (.*) \}$/.exec(text ?? "") ?? [];
  if (inner === undefined) throw new Error("no braces");
  return inner;
}

/** `typeof ip saddr; flags interval;`; a hook's line has its semicolons within. */
function declarationOf(text: string): readonly string[] {
  const pattern = /(?:type [^;]*; policy accept;|(?:[^;"]+|"[^"]*")+;)/g;
  return [...text.matchAll(pattern)].map(([line]) =>
    line.startsWith("type ") ? line : line.trim().replace(/;$/, "")
  );
}

/** Each has its semicolon; those in comments part nothing. */
function splitRules(text: string): readonly string[] {
  return [...text.matchAll(/(?:[^;"]+|"[^"]*")+;/g)].map(([rule]) => rule.trim().slice(0, -1));
}

function withoutComment(declaration: readonly string[]): readonly string[] {
  return declaration.filter((line) => !line.startsWith('comment "'));
}

/** Commas part elements, but for those in comments. */
function splitElements(text: string): readonly string[] {
  return [...text.matchAll(/(?:[^,"]+|"[^"]*")+/g)].map(([element]) => element.trim());
}
