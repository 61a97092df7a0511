import { getLogger } from "@logtape/logtape";
import { formatIssue } from "../model/issue.ts";
import { formatPlace, ManifestError } from "./manifest_error.ts";
import { checkDirectory } from "./manifest_files.ts";
import type { PlacedIssue, Records } from "./manifest_objects.ts";
import { combineObjects, type Manifests, type RecordLists } from "./manifest_picture.ts";
import { ManifestReader, type ReaderOptions, type Reading } from "./manifest_reader.ts";
import { ManifestWatch } from "./manifest_watch.ts";
import type { Sink, Sinks } from "./sink.ts";

const logger = getLogger(["hedgerow", "watch"]);

/** Every kind, in the order in which the sinks are told: pods come last. */
const kinds = [
  "namespaces",
  "nodes",
  "policies",
  "clusterNetworkPolicies",
  "adminNetworkPolicies",
  "baselineAdminNetworkPolicies",
  "pods",
] as const satisfies readonly (keyof Sinks)[];

/** How long after something was told of there is a second look. */
const secondLookMs = 250;

/** How a source of manifests works. */
export interface ManifestSourceOptions extends ReaderOptions {
  /** How often it looks even if the kernel tells of no change. */
  readonly rescanMs?: number;
}

/** What is known of the manifests. */
export interface ManifestStatus {
  /** True once all files have been understood at the same time: the sinks have a whole picture. */
  readonly synced: boolean;
  /** What cannot be read at this moment, with file, line and column. */
  readonly errors: readonly string[];
  /** What could not be understood in objects that were read. */
  readonly issues: readonly PlacedIssue[];
  /** How many files there are. */
  readonly files: number;
  /** How many objects the sinks were given last. */
  readonly objects: ReadonlyMap<keyof Sinks, number>;
  /** How often the sinks were given a picture. */
  readonly pictures: number;
}

/** Feeds the sinks with what the YAML and JSON files below a directory say, and follows changes. */
export class ManifestSource {
  readonly #directory: string;
  readonly #sinks: Sinks;
  readonly #rescanMs: number;
  readonly #reader: ManifestReader;
  #status: ManifestStatus = {
    ...{ synced: false, errors: [], issues: [], files: 0, pictures: 0 },
    objects: countEach(() => 0),
  };
  /** True where something has changed that no reading has seen. */
  #dirty = false;
  #wake: () => void = () => {};
  /** Why the directory cannot be watched, if so. */
  #unwatched: string | undefined;

  /** Nothing is read until it runs. */
  constructor(directory: string, sinks: Sinks, options: ManifestSourceOptions = {}) {
    this.#directory = directory;
    this.#sinks = sinks;
    this.#rescanMs = options.rescanMs ?? 10_000;
    this.#reader = new ManifestReader(directory, options);
  }

  /** What is known at this moment. */
  get status(): ManifestStatus {
    return this.#status;
  }

  /**
   * Follows the directory until it is told to stop. Rejects with a `ManifestError` where at its
   * start there is no such directory; whatever becomes of the directory later is told in `status`,
   * and mended when it is back.
   */
  async run(signal: AbortSignal): Promise<void> {
    await checkDirectory(this.#directory);
    const watch = new ManifestWatch(this.#directory, () => this.refresh());
    signal.addEventListener("abort", this.refresh, { once: true });
    try {
      let told = false;
      while (!signal.aborted) {
        this.#dirty = false;
        await this.#renew(watch);
        await this.#pass();
        // What is put into a new directory before that is watched is not told of: so look again.
        if (!signal.aborted) told = await this.#sleep(told ? secondLookMs : this.#rescanMs);
      }
    } finally {
      signal.removeEventListener("abort", this.refresh);
      await watch.close();
    }
  }

  /** Looks at the directory now. */
  readonly refresh = (): void => {
    this.#dirty = true;
    this.#wake();
  };

  /** Without a watch there is still the look from time to time. */
  async #renew(watch: ManifestWatch): Promise<void> {
    try {
      await watch.renew();
      this.#unwatched = undefined;
    } catch (cause) {
      const error = String(cause);
      if (error === this.#unwatched) return; // said already
      this.#unwatched = error;
      logger.warn("Cannot watch {directory}, looking every {rescanMs} ms: {error}", {
        ...{ directory: this.#directory, rescanMs: this.#rescanMs, error },
      });
    }
  }

  async #pass(): Promise<void> {
    try {
      const reading = await this.#reader.read();
      this.#report(reading.errors.map(({ message }) => message));
      this.#take(reading);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      this.#report([error.message]); // a directory that cannot be listed: the picture stays
    }
  }

  /** Nothing is enforced from half a picture: the first one needs every file. */
  #take({ changed, objects, errors, files }: Reading): void {
    const { synced } = this.#status;
    this.#status = { ...this.#status, files };
    if (synced ? !changed : errors.length > 0) return;
    for (const { unread, file, line } of changed ? objects : []) {
      if (unread) logger.debug("Not read: {unread} in {file}:{line}", { unread, file, line });
    }
    this.#feed(combineObjects(objects));
  }

  #feed(manifests: Manifests): void {
    const at = performance.now();
    const { issues } = manifests;
    const before = new Set(this.#status.issues.map(printIssue));
    for (const issue of issues.map(printIssue)) {
      if (!before.has(issue)) logger.warn("Not understood: {issue}", { issue });
    }
    for (const kind of kinds) feed(kind, { manifests, sinks: this.#sinks, at });
    this.#status = {
      ...this.#status,
      ...{ synced: true, issues, pictures: this.#status.pictures + 1 },
      objects: countEach((kind) => manifests[kind].length),
    };
  }

  #report(errors: readonly string[]): void {
    const before = this.#status.errors;
    for (const error of errors) if (!before.includes(error)) logger.error("{error}", { error });
    for (const error of before) {
      if (!errors.includes(error)) logger.info("No longer: {error}", { error });
    }
    this.#status = { ...this.#status, errors };
  }

  /** Until something is told of, or for a while; tells which. */
  async #sleep(ms: number): Promise<boolean> {
    if (this.#dirty) return true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, ms);
    });
    clearTimeout(timer);
    return this.#dirty;
  }
}

interface Feeding {
  readonly manifests: RecordLists;
  readonly sinks: { readonly [Kind in keyof Records]: Sink<Records[Kind]> };
  readonly at: number;
}

function feed<Kind extends keyof Records>(kind: Kind, { manifests, sinks, at }: Feeding): void {
  sinks[kind].replace(manifests[kind], at);
}

function countEach(count: (kind: keyof Sinks) => number): ReadonlyMap<keyof Sinks, number> {
  return new Map(kinds.map((kind) => [kind, count(kind)]));
}

function printIssue(issue: PlacedIssue): string {
  return `${formatPlace({ file: issue.file, line: issue.line })}: ${formatIssue(issue)}`;
}
