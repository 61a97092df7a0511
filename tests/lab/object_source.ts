import type { ApiObject } from "./objects.ts";

/** Where agents of the lab get their objects from. */
export interface ObjectSource extends AsyncDisposable {
  /** The flags that make an agent use it. */
  readonly agentArgs: readonly string[];
  /** Makes an object, or replaces it. */
  put(object: ApiObject): void;
  /** Removes an object. */
  remove(object: ApiObject): void;
}
