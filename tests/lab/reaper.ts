/**
 * What removes everything that belongs to a lab. It waits for a word, or for the end of its standard
 * input, which comes even when the process that started it is killed; then it ends what runs in the
 * network namespaces of the given prefixes, and removes them, the cgroups of these prefixes, and the
 * given folders. That process itself is spared: it may be on a visit to one of the namespaces, as in
 * `inNetns`.
 */
const script = `
trap '' PIPE # should that process end, nobody would read what this one has to say
remove() {
  found=
  for prefix in $2; do
    for path in /run/netns/"$prefix"*; do
      [ -e "$path" ] || continue
      found=1
      name=\${path##*/}
      pids=$(ip netns pids "$name" | grep -vx "$1")
      [ -z "$pids" ] || kill -9 $pids
      ip netns del "$name" || [ ! -e "$path" ] || exit 1 # another lab may have been quicker
    done
  done
}
read -r asked
remove "$1" "$2"
# Without a word: whatever the process had under way may still make some more.
while [ -z "$asked" ] && [ -n "$found" ]; do
  sleep 0.2
  remove "$1" "$2"
done
# Whoever was in a cgroup has ended with its container runtime, or is about to.
for prefix in $2; do
  for path in /sys/fs/cgroup/"$prefix"* /sys/fs/cgroup/*/"$prefix"*; do
    tries=100
    while [ -d "$path" ] && ! find "$path" -depth -type d -exec rmdir {} +; do
      tries=$((tries - 1))
      [ $tries -gt 0 ] || exit 1
      sleep 0.05
    done
  done
done
shift 2
rm -rf "$@"
`;

/**
 * Runs the script, which is its first argument, as a child of its own: a process of ours that we wait
 * for is killed when we end meanwhile, and what has begun is to be finished.
 */
const launcher = `exec 3<&0; sh -c "$@" <&3 & wait $!`;

/** Removes a lab when asked to, and also when nobody is left to ask. */
export class Reaper implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  #end: Promise<void> | undefined;

  /** Starts to wait. `prefixes` are of names of network namespaces, `folders` paths. */
  constructor(prefixes: readonly string[], folders: readonly string[]) {
    const ours = [`${Deno.pid}`, prefixes.join(" "), ...folders];
    this.#child = new Deno.Command("sh", {
      args: ["-c", launcher, "reaper", script, "reaper", ...ours],
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
      detached: true, // else Ctrl-C would reach it, and the end of this process end it
    }).spawn();
    this.#child.unref(); // it waits for us, not we for it
  }

  /** Removes everything now, once; rejects if anything could not be removed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#end ??= this.#reap();
  }

  async #reap(): Promise<void> {
    this.#child.ref();
    const writer = this.#child.stdin.getWriter();
    await writer.write(new TextEncoder().encode("now\n"));
    await writer.close();
    const { success, stderr } = await this.#child.output();
    if (success) return;
    throw new Error(`Cannot remove the lab: ${new TextDecoder().decode(stderr).trim()}`);
  }
}

/** Removes what labs of processes that are no more have left behind. */
export async function reapStale(): Promise<void> {
  const stale = new Set<string>();
  for (const name of namesIn("/run/netns")) {
    const pid = /^hr-(\d+)-/.exec(name)?.[1];
    if (pid !== undefined && !isRunning(pid)) stale.add(`hr-${pid}-`);
  }
  if (stale.size === 0) return;
  await using _reaper = new Reaper([...stale], []);
}

function isRunning(pid: string): boolean {
  return namesIn(`/proc/${pid}`).length > 0;
}

/** The names in a folder; none when it is not there. */
function namesIn(folder: string): readonly string[] {
  try {
    return [...Deno.readDirSync(folder)].map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
