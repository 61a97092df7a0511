import { deepEqual } from "node:assert/strict";
import { parseListing } from "../../../lib/apply/listing_parser.ts";
import { recall, recallUsed } from "../../../lib/dns/recall.ts";

const wildcard = { name: "example.com", wildcard: true };
const exact = { name: "example.org", wildcard: false };

/** A table as nft prints it, with what rules added to its sets. */
const table = `table inet hedgerow {
  set names4-x {
    typeof ip saddr
    flags timeout
    comment "*.example.com, example.org"
    elements = { 192.0.2.1 timeout 1m expires 30s comment "until 2026-01-01T00:01:00Z: a.example.com",
                 192.0.2.2 timeout 1m expires 1s comment "until 2025-12-31T23:59:59Z: example.org" }
  }
  set former4-x {
    typeof ip saddr
    flags dynamic,timeout
    timeout 5d
    comment "used: *.example.com, example.org"
    elements = { 192.0.2.1 expires 4d, 192.0.2.7 expires 1h }
  }
  set former6-x {
    typeof ip6 saddr
    flags dynamic,timeout
    timeout 5d
    comment "used: *.example.com, example.org"
    elements = { 2001:db8::7 expires 4d }
  }
  set former4-y {
    typeof ip saddr
    flags dynamic,timeout
    timeout 5d
    comment "used: ${"a.example.net, ".repeat(7)}a.exampl..."
    elements = { 192.0.2.9 expires 4d }
  }
}
`;

const { listing } = parseListing(table, "inet hedgerow", { withUsed: true });

Deno.test("CNP-14 an agent that begins knows what its table says that names stand for, as long as they do", () => {
  const now = Date.UTC(2026, 0, 1);
  deepEqual(recall(listing, now), [
    { name: "a.example.com", address: "192.0.2.1", seconds: 60, until: now + 60_000 },
  ]);
});

Deno.test("CNP-14 an agent that begins knows what was used, where the table says for which names", () => {
  deepEqual(recallUsed(listing), [
    { names: [wildcard, exact], addresses: ["192.0.2.1", "192.0.2.7", "2001:db8::7"] },
  ]);
});

Deno.test("what rules add to sets is read where it is asked for, and not compared", () => {
  const { listing: usual } = parseListing(table, "inet hedgerow");
  deepEqual([...usual.sets.get("former4-x")?.elements ?? []], []);
});
