import { parseManifest } from "./manifest_documents.ts";
import { ManifestError } from "./manifest_error.ts";
import { checkDirectory, listManifests, type ManifestFile, readText } from "./manifest_files.ts";
import { decodeDocument, type ManifestObject } from "./manifest_objects.ts";
import { combineObjects, type Manifests } from "./manifest_picture.ts";

/** How a directory is read. */
export interface ReaderOptions {
  /** A file that was written to less than this long ago may not be whole yet. */
  readonly settleMs?: number;
  /** Larger files are refused. */
  readonly maxFileBytes?: number;
}

/** What a directory says at one moment. */
export interface Reading {
  /** False where all files say what they said at the last reading. */
  readonly changed: boolean;
  /** What all documents say, in no order. */
  readonly objects: readonly ManifestObject[];
  /** Why files cannot be read; what they last said when they could is among the objects. */
  readonly errors: readonly ManifestError[];
  /** How many files there are. */
  readonly files: number;
}

/** A file as it was last read. */
interface Known {
  readonly version: string | undefined;
  readonly objects: readonly ManifestObject[];
  readonly error: ManifestError | undefined;
}

/** Reads the manifests of a directory once. Throws a `ManifestError` for the first broken file. */
export async function readManifests(directory: string): Promise<Manifests> {
  await checkDirectory(directory);
  const { objects, errors } = await new ManifestReader(directory).read();
  if (errors[0] !== undefined) throw errors[0];
  return combineObjects(objects);
}

const noObjects: readonly ManifestObject[] = [];

/** More attempts than that are not made for a picture of one moment. */
const mostAttempts = 20;

/** Reads a directory again and again; only what has changed is read and decoded anew. */
export class ManifestReader {
  readonly #directory: string;
  readonly #settleMs: number;
  readonly #maxFileBytes: number;
  /** path -> what it last said */
  #known: ReadonlyMap<string, Known> | undefined;

  /** Nothing is read yet. */
  constructor(directory: string, { settleMs = 50, maxFileBytes = 64 << 20 }: ReaderOptions = {}) {
    this.#directory = directory;
    this.#settleMs = settleMs;
    this.#maxFileBytes = maxFileBytes;
  }

  /**
   * Reads the directory so that what is read was all there at one moment: files that change in
   * the meantime, one by one or all at once by a link, are read once more. Throws a
   * `ManifestError` where a directory cannot be listed.
   */
  async read(): Promise<Reading> {
    let files = await listManifests(this.#directory);
    for (let attempt = 1; this.#known === undefined || this.#differs(files); attempt++) {
      await this.#settle(files);
      const next = new Map<string, Known>();
      for (const file of files) next.set(file.file, await this.#readFile(file));
      const now = await listManifests(this.#directory);
      const same = versions(now) === versions(files);
      files = now;
      if (!same && attempt < mostAttempts) continue;
      return this.#remember(next);
    }
    return this.#remember(this.#known);
  }

  #remember(next: ReadonlyMap<string, Known>): Reading {
    const before = this.#known;
    this.#known = next;
    const known = [...next.values()];
    return {
      changed: next.size !== before?.size ||
        [...next].some(([file, { objects }]) => before.get(file)?.objects !== objects),
      objects: known.flatMap(({ objects }) => objects),
      errors: known.flatMap(({ error }) => error ?? []),
      files: known.length,
    };
  }

  #differs(files: readonly ManifestFile[]): boolean {
    return files.length !== this.#known?.size || files.some((file) => this.#isNew(file));
  }

  /** Also what could not be read at all: the reason may be gone. */
  #isNew({ file, version }: ManifestFile): boolean {
    const known = this.#known?.get(file);
    return known === undefined || known.version !== version ||
      (known.error !== undefined && known.error.place.line === undefined);
  }

  /** Waits until the last write to a changed file is a moment ago. */
  async #settle(files: readonly ManifestFile[]): Promise<void> {
    const now = Date.now();
    const ages = files.filter((file) => this.#isNew(file)).map((file) => now - file.modifiedAt);
    const fresh = ages.filter((age) => age >= 0 && age < this.#settleMs); // not those of the future
    if (fresh.length === 0) return;
    const wait = this.#settleMs - Math.min(...fresh);
    await new Promise((resolve) => setTimeout(resolve, wait));
  }

  /** A file that is broken keeps what it last said. */
  async #readFile(file: ManifestFile): Promise<Known> {
    const known = this.#known?.get(file.file);
    if (known !== undefined && !this.#isNew(file)) return known;
    const { version } = file;
    try {
      const text = await readText(file, this.#maxFileBytes);
      const objects = parseManifest(file.file, text).map(decodeDocument);
      return { version, objects, error: undefined };
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      return { version, objects: known?.objects ?? noObjects, error };
    }
  }
}

function versions(files: readonly ManifestFile[]): string {
  return files.map(({ file, version }) => `${file}\0${version}`).join("\0");
}
