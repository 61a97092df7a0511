// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { Pod } from "../../model/cluster.ts";
import { labelOf, type Labels } from "../../model/labels.ts";
import type { Selectable } from "../selection.ts";
import type { SelectionUse } from "./selection_use.ts";

/** Pods whose labels no selector in use tells apart. */
export interface Profile {
  /** Of the keys that selectors ask for; all others are left out. */
  readonly labels: Labels;
  /** The uses that are not about one namespace, and whose podSelectors select these pods. */
  readonly uses: Set<SelectionUse>;
  /** How many classes have it. */
  classes: number;
}

/** A namespace in which pods own addresses. */
export interface Home {
  /** What its pods call it. */
  readonly name: string;
  /** profile -> the pods here that have it */
  readonly classes: Map<Profile, PodClass>;
}

/** Pods of one namespace that no selection in use tells apart. */
export interface PodClass {
  /** Where they are. */
  readonly home: Home;
  /** What their labels come to. */
  readonly profile: Profile;
  /** What they own. */
  readonly addresses: Set<IpAddress>;
}

/** Who hears of profiles and homes; of no class and no address. */
export interface ClassListener {
  /** There is a first pod with it. */
  profileBegan(profile: Profile): void;
  /** There is a first pod in it. */
  homeBegan(home: Home): void;
  /** The last of its pods is gone. */
  homeEnded(home: Home): void;
}

/** The pods that own addresses, by namespace and by those labels that selectors ask for. */
export class PodClasses {
  readonly #listener: ClassListener;
  readonly #homes = new Map<string, Home>();
  readonly #profiles = new Map<string, Profile>();
  #keys: readonly string[] = [];

  /** There are none yet, and no selector asks for anything. */
  constructor(listener: ClassListener) {
    this.#listener = listener;
  }

  /** The namespaces in which there are any. */
  get homes(): ReadonlyMap<string, Home> {
    return this.#homes;
  }

  /** What the labels of all of them come to. */
  get profiles(): Iterable<Profile> {
    return this.#profiles.values();
  }

  /** The keys of labels that tell classes apart. */
  get keys(): readonly string[] {
    return this.#keys;
  }

  /** Begins anew, with other keys of labels. */
  divide(keys: readonly string[], owners: ReadonlyMap<IpAddress, Pod>): void {
    this.#keys = keys;
    this.#profiles.clear();
    for (const { classes } of this.#homes.values()) classes.clear();
    for (const [address, pod] of owners) this.add(address, pod);
  }

  /** The class of a pod that owns an address. */
  of({ namespace, labels }: Selectable): PodClass | undefined {
    const profile = this.#profiles.get(this.#textOf(labels));
    return profile === undefined ? undefined : this.#homes.get(namespace)?.classes.get(profile);
  }

  /** A pod owns an address. */
  add(address: IpAddress, { namespace, labels }: Selectable): PodClass {
    const home = this.#homes.get(namespace) ?? this.#beginHome(namespace);
    const text = this.#textOf(labels);
    const profile = this.#profiles.get(text) ?? this.#beginProfile(text, labels);
    const podClass = home.classes.get(profile) ?? beginClass(home, profile);
    podClass.addresses.add(address);
    return podClass;
  }

  /** A pod does not own an address any more. */
  remove(address: IpAddress, { home, profile, addresses }: PodClass): void {
    addresses.delete(address);
    if (addresses.size > 0) return;
    home.classes.delete(profile);
    if (--profile.classes === 0) this.#profiles.delete(this.#textOf(profile.labels));
    if (home.classes.size > 0) return;
    this.#homes.delete(home.name);
    this.#listener.homeEnded(home);
  }

  #beginHome(name: string): Home {
    const home: Home = { name, classes: new Map() };
    this.#homes.set(name, home);
    this.#listener.homeBegan(home);
    return home;
  }

  #beginProfile(text: string, labels: Labels): Profile {
    const own = Object.entries(labels).filter(([key]) => this.#keys.includes(key));
    const profile: Profile = { labels: Object.fromEntries(own), uses: new Set(), classes: 0 };
    this.#profiles.set(text, profile);
    this.#listener.profileBegan(profile);
    return profile;
  }

  /** What selectors can see of labels: lengths, so that no value can be mistaken for two. */
  #textOf(labels: Labels): string {
    let text = "";
    for (const key of this.#keys) {
      const value = labelOf(labels, key);
      text += value === undefined ? "-" : `${value.length} ${value}`;
    }
    return text;
  }
}

function beginClass(home: Home, profile: Profile): PodClass {
  const podClass: PodClass = { home, profile, addresses: new Set() };
  home.classes.set(profile, podClass);
  profile.classes++;
  return podClass;
}
