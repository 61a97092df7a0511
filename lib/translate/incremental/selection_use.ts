// This module is pure.
import type { IpAddress } from "../../model/address.ts";
import type { PodSelection } from "../selection.ts";
import type { Scope } from "./scopes.ts";

/** Something that is made with selections. */
export interface SelectionUser {
  /** Selections may, or may not, say otherwise of an address than they did. */
  doubt(address: IpAddress): void;
}

/** A selection, and what is made with it. */
export interface SelectionUse {
  /** Selects pods. */
  readonly selection: PodSelection;
  /** The namespaces that it selects; undefined where it is about one that it names. */
  readonly scope: Scope | undefined;
  /** At least one. */
  readonly users: Set<SelectionUser>;
}
