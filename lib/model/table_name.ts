// This module is pure.

/** The tables that are ours, and nobody else's, as nft names them: family and name. */
export type TableName =
  | "inet hedgerow"
  | "bridge hedgerow"
  | "ip hedgerow-dns"
  | "ip6 hedgerow-dns";

/** The table that judges; the others serve it. */
export const mainTable: TableName = "inet hedgerow";
