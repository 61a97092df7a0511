/** What a command line is read with. */
export interface Surroundings {
  /** The value of an environment variable. */
  readonly env: (name: string) => string | undefined;
  /** Asked only where no flag and no variable names the node. */
  readonly hostName: () => string;
}
