import assert from "node:assert/strict";
import { decodeNetworkPolicy } from "../../lib/decode/network_policy.ts";
import { readManifest } from "../lab/cluster.ts";

const examples = new URL("../../deploy/examples/", import.meta.url);

for (const { name } of Deno.readDirSync(examples)) {
  Deno.test(`the example ${name} holds policies without a fault, and says what it is for`, () => {
    const text = Deno.readTextFileSync(new URL(name, examples));
    assert.match(text, /^# \S.*\n#\n# \S/);
    const objects = readManifest(text);
    assert.ok(objects.length > 0);
    for (const object of objects) {
      const { object: policy, issues } = decodeNetworkPolicy(object);
      assert.deepEqual(issues, []);
      assert.equal(policy?.broken, false);
    }
  });
}
