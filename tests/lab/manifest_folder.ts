import type { ObjectSource } from "./object_source.ts";
import { type ApiObject, objectName } from "./objects.ts";

/** A folder of manifests, a file for each object, for agents without an API server. */
export class ManifestFolder implements ObjectSource {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    Deno.mkdirSync(folder, { recursive: true });
  }

  /** The flags that make an agent use it. */
  get agentArgs(): readonly string[] {
    return ["--manifests", this.#folder];
  }

  /** Writes an object's file, which agents see whole or not at all. */
  put(object: ApiObject): void {
    const path = this.#path(object);
    Deno.writeTextFileSync(`${path}.new`, JSON.stringify(object));
    Deno.renameSync(`${path}.new`, path);
  }

  /** Removes an object's file. */
  remove(object: ApiObject): void {
    Deno.removeSync(this.#path(object));
  }

  /** Nothing to do: the folder belongs to its network. */
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #path(object: ApiObject): string {
    return `${this.#folder}/${objectName(object).replaceAll(/[ /]/g, "_")}.json`;
  }
}
