import { compareText } from "../model/object_key.ts";
import { ManifestError } from "./manifest_error.ts";

/** A file of manifests as it is on disk. */
export interface ManifestFile {
  /** The directory as it was given, and the path below it. */
  readonly file: string;
  /** Changes whenever the file's content does; undefined where it cannot be looked at. */
  readonly version: string | undefined;
  /** When its content was last written, in ms since the epoch. */
  readonly modifiedAt: number;
  /** In bytes. */
  readonly size: number;
}

/** Throws a `ManifestError` unless the path is a directory that can be listed. */
export async function checkDirectory(directory: string): Promise<void> {
  const { isDirectory } = await explain(directory, Deno.stat(directory));
  if (!isDirectory) throw new ManifestError({ file: directory }, "it is not a directory");
}

/**
 * Lists the YAML and JSON files below a directory, sorted. Links are followed, as ConfigMaps mount
 * their files as links to `..data/`, and names that begin with a dot are passed over, as that
 * folder is one, and editors' files are. Throws a `ManifestError` where a directory cannot be read.
 */
export async function listManifests(directory: string): Promise<readonly ManifestFile[]> {
  const files: ManifestFile[] = [];
  await collect(directory, { files, visited: new Set() });
  return files.sort((a, b) => compareText(a.file, b.file));
}

/** Reads the text of a file; throws a `ManifestError` where it is too large or no text. */
export async function readText({ file, size }: ManifestFile, maxBytes: number): Promise<string> {
  if (size > maxBytes) {
    throw new ManifestError({ file }, `it has ${size} bytes, and at most ${maxBytes} are read`);
  }
  const bytes = await explain(file, Deno.readFile(file));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new ManifestError({ file }, "it is not UTF-8", { cause });
  }
}

interface Collection {
  readonly files: ManifestFile[];
  /** The directories that are listed already, by their real paths: links may go round. */
  readonly visited: Set<string>;
}

async function collect(directory: string, { files, visited }: Collection): Promise<void> {
  const real = await explain(directory, Deno.realPath(directory));
  if (visited.has(real)) return;
  visited.add(real);
  for (const { name } of await explain(directory, Array.fromAsync(Deno.readDir(directory)))) {
    if (name.startsWith(".")) continue;
    const file = `${directory.replace(/\/+$/, "")}/${name}`;
    const info = await Deno.stat(file).catch(() => undefined); // a link to nowhere, or gone by now
    const named = /\.(ya?ml|json)$/.test(name);
    if (info?.isDirectory) await collect(file, { files, visited });
    else if (named && info?.isFile !== false) files.push(fileOf(file, info));
  }
}

function fileOf(file: string, info: Deno.FileInfo | undefined): ManifestFile {
  if (info === undefined) return { file, version: undefined, modifiedAt: 0, size: 0 };
  const { dev, ino, size, mtime, ctime } = info;
  const version = [dev, ino, size, mtime?.getTime(), ctime?.getTime()].join(":");
  return { file, version, modifiedAt: mtime?.getTime() ?? 0, size };
}

/** Waits for an operation on a path, and says in plain words why it failed. */
async function explain<T>(path: string, operation: Promise<T>): Promise<T> {
  try {
    return await operation;
  } catch (cause) {
    throw new ManifestError({ file: path }, reasonOf(cause), { cause });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file or directory";
  if (error instanceof Deno.errors.NotADirectory) return "it is not a directory";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return error.message;
  return error instanceof Error ? error.message : String(error);
}
