import { deepEqual } from "node:assert/strict";
import { formatPorts, type PortRange } from "../../../lib/model/port.ts";
import type { Allowance } from "../../../lib/translate/allowances.ts";
import { mapPorts } from "../../../lib/translate/port_map.ts";
import { podSelection } from "../../../lib/translate/selection.ts";

/** Accepts pods of a name at TCP ports: single ones, or from a first to a last. */
function said(app: string, ...ports: readonly (number | readonly [number, number])[]): Allowance {
  const ranges = ports.map((port): PortRange => {
    const [first, last] = typeof port === "number" ? [port, port] : port;
    return { first, last };
  });
  const requirements = [{ key: "app", operator: "In", values: [app] }] as const;
  return {
    action: "Accept",
    ports: { kind: "ports", ports: { kind: "protocol", protocol: "TCP", ranges } },
    peers: { selections: [podSelection([], requirements)], blocks: [], names: [] },
    policies: [`x/${app}`],
  };
}

/** So many, each about a port of its own from 1000 on. */
function singles(count: number): readonly Allowance[] {
  return Array.from({ length: count }, (_, i) => said(`single-${i}`, 1000 + i));
}

/** The classes of so many: each its own. */
function singleClasses(count: number): object {
  return Object.fromEntries(singles(count).map(({ policies }, i) => [1000 + i, policies.join()]));
}

/** The policies in the row, and those of each class of ports. */
function told(run: readonly Allowance[]): readonly [row: readonly string[], classes: object] {
  const { row, classes } = mapPorts(run);
  const byPorts = classes.map(({ ports, policies }) => {
    const ranges = ports.flatMap((match) => match.kind === "protocol" ? match.ranges ?? [] : []);
    return [ranges.map(formatPorts).join(), policies.join()];
  });
  return [row.flatMap(({ policies }) => policies), Object.fromEntries(byPorts)];
}

Deno.test("eight lists of ports stand in a row, and nine are looked up by the port", () => {
  deepEqual(told(singles(8))[1], {});
  deepEqual(told(singles(9)), [[], singleClasses(9)]);
});

Deno.test("each port has the peers of all lists about it, and ports with the same ones are a class", () => {
  const [row, classes] = told([
    ...singles(7),
    said("a", 80, 443, [8000, 8010]),
    said("b", 80, [8005, 8020], 9000),
  ]);
  deepEqual(row, []);
  deepEqual(classes, {
    ...singleClasses(7),
    "80,8005-8010": "x/a,x/b",
    "443,8000-8004": "x/a",
    "8011-8020,9000": "x/b",
  });
});

Deno.test("what others cut in many pieces, or share in many ways, is asked for by itself", () => {
  const wide = said("wide", [1, 65535]);
  deepEqual(told([...singles(20), wide]), [["x/wide"], singleClasses(20)]);
  const shared = said("shared", ...singles(9).map((_, i) => 1000 + i));
  deepEqual(told([...singles(20), shared]), [["x/shared"], singleClasses(20)]);
  const nested = Array.from({ length: 30 }, (_, i) => said(`nested-${i}`, [1000 + i, 2000 - i]));
  deepEqual(told(nested)[1], {});
});
