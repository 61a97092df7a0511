// This module is pure.
import type { IpAddress } from "./address.ts";

/** The way on which the answers of one resolver come to the agent before they go on to a pod. */
export interface HeldPath {
  /** Who sends them. */
  readonly resolver: IpAddress;
  /** The agent's port for them: 1 to 65535. */
  readonly port: number;
}

/** All ways on which DNS answers come to the agent first. */
export interface HeldPaths {
  /** The pods that they are for. */
  readonly clients: readonly IpAddress[];
  /** One for each resolver. */
  readonly paths: readonly HeldPath[];
}
