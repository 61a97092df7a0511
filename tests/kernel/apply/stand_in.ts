import type { Namespace } from "./namespace.ts";

/** What an nft that is not quite nft does; the rest it leaves to the real one. */
export interface Behaviour {
  /** Lines of sh for a kept session; `nft` there is the real program in its namespace. */
  readonly session?: string;
  /** Lines of sh for everything else; they may look at `$*`. */
  readonly otherwise?: string;
}

/**
 * A program in the place of nft. It writes down the process id of each session, which stays the
 * same when the real nft takes the process over.
 */
export class StandIn implements AsyncDisposable {
  readonly command: readonly [string, ...string[]];
  /** A folder for what the lines of sh want to remember; they know it as `$folder`. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.command = ["/bin/sh", `${folder}/nft`];
  }

  /** Makes one that works in a namespace. */
  static async make(namespace: Namespace, behaviour: Behaviour = {}): Promise<StandIn> {
    const folder = await Deno.makeTempDir({ prefix: "hedgerow-stand-in-" });
    const real = namespace.command.join(" ");
    const script = `
folder=${folder}
nft() { ${real} "$@"; }
case " $* " in
*" -i "*)
  echo $$ >> $folder/sessions
  ${behaviour.session ?? ""}
  ;;
*)
  ${behaviour.otherwise ?? ""}
  ;;
esac
exec ${real} "$@"
`;
    await Deno.writeTextFile(`${folder}/nft`, script);
    return new StandIn(folder);
  }

  /** The process ids of all sessions so far, the youngest last. */
  sessions(): readonly number[] {
    try {
      const text = Deno.readTextFileSync(`${this.folder}/sessions`);
      return text.trim().split("\n").map(Number);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  }

  /** Sends a signal to the youngest session; tells whether it was still there. */
  signal(signal: Deno.Signal): boolean {
    const pid = this.sessions().at(-1);
    if (pid === undefined) return false;
    try {
      Deno.kill(pid, signal);
      return true;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return false;
      throw error;
    }
  }

  /** Removes its folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
