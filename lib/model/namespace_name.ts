// This module is pure.
import { type LabelSelector, selects } from "./labels.ts";

/** The label that carries a namespace's name (NP-22). */
export const nameLabel = "kubernetes.io/metadata.name";

/** Tells whether a selector may select a namespace of which nothing is known but its name. */
export function maySelectNamespace(selector: LabelSelector, name: string): boolean {
  const aboutName = selector.filter(({ key }) => key === nameLabel);
  return selects(aboutName, { [nameLabel]: name });
}
