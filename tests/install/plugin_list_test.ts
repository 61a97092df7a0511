import { deepEqual, equal, match, throws } from "node:assert/strict";
import fc from "fast-check";
import { listOf, pluginType, withoutPlugin, withPlugin } from "../../lib/install/plugin_list.ts";

const entry = { type: pluginType } as const;

const calico = `{
  "name": "k8s-pod-network",\t"cniVersion": "0.3.1",
  "plugins": [
    { "type": "calico", "mtu": 0, "big": 12345678901234567890, "ipam": {"type":  "host-local"} },
    {"type": "portmap", "capabilities": {"portMappings": true}}
  ],
  "disableCheck": true
}
`;

function pluginsOf(text: string): readonly unknown[] {
  return (JSON.parse(text) as { readonly plugins: readonly unknown[] }).plugins;
}

Deno.test("the plugin is added at the end, and everything else stays byte for byte", () => {
  const text = withPlugin(calico, entry);
  deepEqual(pluginsOf(text).at(-1), entry);
  equal(text.replace(`,\n    {"type":"hedgerow-cni"}`, ""), calico);
  equal(withPlugin(text, entry), text);
  equal(withoutPlugin(text), calico);
  equal(withoutPlugin(calico), calico);
});

Deno.test("an entry that says something else, or stands elsewhere, is replaced by one at the end", () => {
  const other = { ...entry, timeout: "30s" };
  const changed = withPlugin(withPlugin(calico, entry), other);
  deepEqual(pluginsOf(changed).slice(2), [other]);
  const first = calico.replace(`[\n`, `[\n{"type":"hedgerow-cni"},{"type":"hedgerow-cni"},`);
  deepEqual(pluginsOf(withPlugin(first, entry)).map((plugin) => (plugin as typeof entry).type), [
    ...["calico", "portmap", pluginType],
  ]);
});

Deno.test("what is no list that the plugin can stand in is refused, and the field named", () => {
  const rows: readonly (readonly [string, RegExp])[] = [
    ["{", /JSON/],
    ["[]", /found \[\], expected an object/],
    [`{"cniVersion":"1.0.0"}`, /plugins: found nothing, expected a list/],
    [`{"cniVersion":"0.2.0","plugins":[{}]}`, /cniVersion: found "0.2.0", expected 0.3.1/],
    [`{"cniVersion":"1.0.0","plugins":[]}`, /plugins: found no other plugin/],
    [`{"cniVersion":"1.0.0","plugins":[{"type":"hedgerow-cni","x":"y"}]}`, /no other plugin/],
  ];
  for (const [text, message] of rows) throws(() => withPlugin(text, entry), message);
  throws(() => listOf(`{"name":"x"}`), /type: found nothing, expected the plugin's name/);
});

Deno.test("a single plugin's configuration becomes a list of it", () => {
  const config = { cniVersion: "0.3.1", name: "x", type: "ptp", ipam: { type: "host-local" } };
  const list: unknown = JSON.parse(listOf(JSON.stringify(config)));
  deepEqual(list, { cniVersion: "0.3.1", name: "x", plugins: [config] });
});

Deno.test("whatever stands in a list and however it is written: added and taken out it is as before", () => {
  const plugins = fc.array(fc.record({ type: fc.string(), more: fc.jsonValue() }), {
    minLength: 1,
    maxLength: 4,
  }).filter((list) => list.every(({ type }) => type !== pluginType));
  const indents = fc.constantFrom(undefined, "\t", "  ", "    ");
  const seed = Number(Deno.env.get("HEDGEROW_FUZZ_SEED") ?? Date.now() % 2 ** 31);
  fc.assert(
    fc.property(plugins, indents, fc.jsonValue(), (list, indent, more) => {
      const text = JSON.stringify(
        { more, plugins: list, cniVersion: "1.0.0", rest: more },
        null,
        indent,
      );
      const changed = withPlugin(text, entry);
      deepEqual(pluginsOf(changed), [...pluginsOf(text), entry]);
      equal(withoutPlugin(changed), text);
      match(changed, /hedgerow-cni/);
    }),
    { seed, numRuns: 500 },
  );
});
