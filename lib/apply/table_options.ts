import type { TableName } from "../model/table_name.ts";
import type { Transactor } from "./transactor.ts";
import type { TurnsOptions } from "./turns.ts";

/** How a table is kept. */
export interface TableOptions {
  /** Which of our tables it is; default: the one that judges. */
  readonly name?: TableName;
  /** Carries out the transactions; tables may share one. Default: one of its own. */
  readonly transactor?: Transactor;
  /** After this time without an answer the kept session is given up. */
  readonly sessionDeadlineMs?: number;
  /** How long to wait before the second attempt; twice as long before each that follows. */
  readonly retryDelayMs?: number;
  /** What is read back at one go, and what by turns. */
  readonly turns?: TurnsOptions;
}
