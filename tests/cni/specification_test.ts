import { deepEqual, equal, match } from "node:assert/strict";
import { execute, type Execution, prevResult, withAgent } from "./runtime.ts";

const enforced = (): Response => Response.json({ enforced: true, ms: 1 });
const notYet = (): Response => {
  return Response.json({ error: "not synced yet", retryable: true }, { status: 503 });
};
const refusal = (): Response => {
  return Response.json({ error: "ips: found []", retryable: false }, { status: 400 });
};

/** Executes, and expects an error of the specification's form with this code. */
async function expectError(execution: Execution, code: number, msg: RegExp): Promise<void> {
  const { exitCode, output } = await execute(execution);
  equal(exitCode, 1, output);
  const error = JSON.parse(output) as Record<string, unknown>;
  equal(error.code, code, output);
  match(String(error.msg), msg);
  equal(typeof error.cniVersion, "string");
  for (const key of Object.keys(error)) match(key, /^(?:cniVersion|code|msg|details)$/);
}

/** Executes, and expects success without output. */
async function expectSilence(execution: Execution): Promise<void> {
  deepEqual(await execute(execution), { exitCode: 0, output: "" });
}

Deno.test("Section 2, ADD: the agent is told of the pod, and prevResult passes on unchanged", async () => {
  await withAgent(enforced, async (socket, asked) => {
    const { exitCode, output } = await execute({ config: { socket } });
    equal(exitCode, 0, output);
    equal(output, JSON.stringify(prevResult));
    deepEqual(asked, [{
      path: "/v1/cni/add",
      body: {
        containerID: "c1",
        ifName: "eth0",
        netns: "/run/netns/cni-1",
        podNamespace: "shop",
        podName: "web-1",
        podUID: "0001",
        ips: ["10.1.0.5", "fd00:10:1::5"],
        hostInterface: "veth1",
        bridge: "",
      },
    }]);
  });
});

const ofHost = (name: string, mac = "0a:00:00:00:00:01"): object => ({ name, mac });
const ofPod = { name: "eth0", mac: "0a:00:00:00:00:02", sandbox: "/run/netns/cni-1" };
const hostEnds = {
  "a routed interface": [[ofHost("veth7"), ofPod], "veth7", ""],
  "a port, behind its bridge": [[ofHost("cni0"), ofHost("veth7"), ofPod], "veth7", "cni0"],
  "a routed interface, and what a plugin behind its own made to shape what the pod sends": [
    [ofHost("veth7"), ofPod, ofHost("bwp7")],
    ...["veth7", ""],
  ],
  "a port, and what was made to shape what the pod sends": [
    [ofHost("cni0"), ofHost("veth7"), ofPod, ofHost("bwp7")],
    ...["veth7", "cni0"],
  ],
  "a port, told of behind the pod's end": [
    [ofPod, ofHost("cni0"), ofHost("veth7")],
    ...["veth7", "cni0"],
  ],
  "an interface, and something that stands for no link": [
    [{ name: "eni7" }, ofPod, { name: "dummy7", mac: "0" }],
    ...["eni7", ""],
  ],
  "an interface of the pod alone": [[ofPod], "", ""],
  "nothing": [undefined, "", ""],
} as const;

for (const [what, [interfaces, hostInterface, bridge]] of Object.entries(hostEnds)) {
  Deno.test(`Section 2, ADD: the agent is told of the host's end: ${what}`, async () => {
    await withAgent(enforced, async (socket, asked) => {
      const ips = [{ address: "10.1.0.5/24" }];
      const { exitCode, output } = await execute({
        config: { socket, prevResult: { ips, interfaces } },
      });
      equal(exitCode, 0, output);
      const [{ body } = { body: {} }] = asked;
      deepEqual({ hostInterface: "", bridge: "", ...body as object }, {
        ...body as object,
        ...{ hostInterface, bridge },
      });
    });
  });
}

for (const cniVersion of ["0.3.1", "0.4.0", "1.0.0", "1.1.0"]) {
  Deno.test(`Section 2, ADD: the result is in the version of the configuration, ${cniVersion}`, async () => {
    await withAgent(enforced, async (socket) => {
      const ips = [{ version: "4", address: "10.1.0.5/24" }];
      const { output } = await execute({ config: { socket, cniVersion, prevResult: { ips } } });
      deepEqual(JSON.parse(output), { cniVersion, ips });
    });
  });
}

Deno.test("Section 2, ADD: addresses of the host's own interfaces are not the pod's", async () => {
  await withAgent(enforced, async (socket, asked) => {
    const ips = [...prevResult.ips, { address: "10.1.0.1/24", interface: 0 }];
    await execute({ config: { socket, prevResult: { ...prevResult, ips } } });
    const { ips: told } = asked[0]?.body as { readonly ips: readonly string[] };
    deepEqual(told, ["10.1.0.5", "fd00:10:1::5"]);
  });
});

Deno.test("Section 2, ADD: the host's end is told, and the bridge that it is a port of", async () => {
  await withAgent(enforced, async (socket, asked) => {
    const interfaces = [{ name: "cni0", mac: "02:00:00:00:00:09" }, ...prevResult.interfaces];
    const ips = prevResult.ips.map((ip) => ({ ...ip, interface: 2 }));
    await execute({ config: { socket, prevResult: { ...prevResult, interfaces, ips } } });
    const { hostInterface, bridge } = asked[0]?.body as Record<string, unknown>;
    deepEqual({ hostInterface, bridge }, { hostInterface: "veth1", bridge: "cni0" });
  });
});

Deno.test("Section 2, CNI_ARGS: a container that is no pod of Kubernetes' passes through", async () => {
  const podman = "IgnoreUnknown=1;K8S_POD_NAME=web";
  for (const args of [undefined, "", "IgnoreUnknown=1;FOO=BAR", podman]) {
    const env = { CNI_ARGS: args };
    deepEqual(await execute({ env }), { exitCode: 0, output: JSON.stringify(prevResult) });
    await expectSilence({ env, command: "DEL" });
    await expectSilence({ env, command: "CHECK" });
  }
});

Deno.test("Section 2, ADD: an agent that says not yet is asked again", async () => {
  let asked = 0;
  await withAgent(() => ++asked < 3 ? notYet() : enforced(), async (socket) => {
    equal((await execute({ config: { socket, timeout: "30s" } })).exitCode, 0);
    equal(asked, 3);
  });
});

Deno.test("Section 2, ADD: when the agent stays away the error is 11, try again later", async () => {
  await expectError({}, 11, /shop\/web-1: nobody at .*agent\.sock: No such file/);
  await withAgent(notYet, async (socket) => {
    await expectError({ config: { socket } }, 11, /shop\/web-1: not synced yet/);
  });
  await withAgent(async () => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    return enforced();
  }, async (socket) => {
    await expectError({ config: { socket } }, 11, /no answer/);
  });
});

Deno.test(`whenDown "allow" lets an ADD pass when the socket cannot be reached, and only then`, async () => {
  const whenDown = "allow";
  const { exitCode, output } = await execute({ config: { whenDown } });
  deepEqual({ exitCode, output }, { exitCode: 0, output: JSON.stringify(prevResult) });
  await withAgent(notYet, async (socket) => {
    await expectError({ config: { socket, whenDown } }, 11, /not synced yet/);
  });
  await withAgent(refusal, async (socket) => {
    await expectError({ config: { socket, whenDown } }, 100, /ips: found/);
  });
});

Deno.test("Section 2, ADD: an agent that refuses is not asked again", async () => {
  await withAgent(refusal, async (socket, asked) => {
    await expectError({ config: { socket, timeout: "30s" } }, 100, /shop\/web-1: ips: found/);
    equal(asked.length, 1);
  });
});

Deno.test("Section 2, DEL: the agent is told, and whatever it says, it succeeds", async () => {
  for (const answer of [enforced, refusal, notYet]) {
    await withAgent(answer, async (socket, asked) => {
      const env = { CNI_NETNS: undefined };
      await expectSilence({ command: "DEL", env, config: { socket, prevResult: undefined } });
      equal(asked[0]?.path, "/v1/cni/del");
    });
  }
  await expectSilence({ command: "DEL" });
});

Deno.test("Section 2, CHECK: passes as long as the agent says so, and fails while it is away", async () => {
  await withAgent(enforced, async (socket, asked) => {
    await expectSilence({ command: "CHECK", config: { socket } });
    equal(asked[0]?.path, "/v1/cni/check");
  });
  await withAgent(refusal, async (socket) => {
    await expectError({ command: "CHECK", config: { socket } }, 100, /check pod shop\/web-1/);
  });
  await expectError({ command: "CHECK" }, 11, /nobody/);
});

Deno.test("Section 2, STATUS: 50 while the agent is not ready, or away", async () => {
  const command = "STATUS";
  await withAgent(() => new Response("ok\n"), async (socket, asked) => {
    await expectSilence({ command, config: { socket } });
    equal(asked[0]?.path, "/readyz");
  });
  await withAgent(() => new Response("pods: not synced\n", { status: 503 }), async (socket) => {
    await expectError({ command, config: { socket } }, 50, /pods: not synced/);
  });
  await expectError({ command }, 50, /nobody/);
  await expectSilence({ command, config: { whenDown: "allow" } }); // an ADD would pass, too
});

Deno.test("Section 2, GC: succeeds; the agent finds out by itself", async () => {
  const config = { "cni.dev/valid-attachments": [{ containerID: "c1", ifname: "eth0" }] };
  await expectSilence({ command: "GC", config });
});

Deno.test("Section 5, VERSION: tells the versions, in the version that was asked in", async () => {
  const supportedVersions = ["0.3.1", "0.4.0", "1.0.0", "1.1.0"];
  const command = "VERSION";
  const rows = [[`{"cniVersion":"1.0.0"}`, "1.0.0"], [`{"cniVersion":"0.1.0"}`, "0.1.0"], [
    "",
    "1.1.0",
  ]] as const;
  for (const [input, cniVersion] of rows) {
    const { exitCode, output } = await execute({ command, input });
    equal(exitCode, 0);
    deepEqual(JSON.parse(output), { cniVersion, supportedVersions });
  }
});

Deno.test("Section 5, Error: every fault has the specification's code, and names what is at fault", async (t) => {
  const rows: readonly (readonly [string, Execution, number, RegExp])[] = [
    ["1: a version of old", { config: { cniVersion: "0.2.0" } }, 1, /cniVersion.*"0.2.0".*1.1.0/],
    ["1: no version", { config: { cniVersion: undefined } }, 1, /cniVersion: found nothing/],
    ["1: CHECK before 0.4.0", { command: "CHECK", config: { cniVersion: "0.3.1" } }, 1, /CHECK/],
    ["1: STATUS before 1.1.0", { command: "STATUS", config: { cniVersion: "1.0.0" } }, 1, /1.1.0/],
    ["1: GC before 1.1.0", { command: "GC", config: { cniVersion: "1.0.0" } }, 1, /1.1.0 for GC/],
    ["2: a key that nobody knows", { config: { sockt: "/x" } }, 2, /sockt: found "\/x", expected/],
    ["4: no command", { command: "" }, 4, /CNI_COMMAND: found "", expected ADD, DEL/],
    ["4: another command", { command: "UPDATE" }, 4, /CNI_COMMAND: found "UPDATE"/],
    ["4: no id", { env: { CNI_CONTAINERID: undefined } }, 4, /CNI_CONTAINERID/],
    ["4: an odd id", { env: { CNI_CONTAINERID: "../x" } }, 4, /CNI_CONTAINERID: found "..\/x"/],
    ["4: no namespace", { env: { CNI_NETNS: "" } }, 4, /CNI_NETNS: found "", expected a path/],
    ["4: no interface", { env: { CNI_IFNAME: undefined } }, 4, /CNI_IFNAME/],
    ["4: a long interface", { env: { CNI_IFNAME: "a".repeat(16) } }, 4, /CNI_IFNAME/],
    ["4: an odd interface", { env: { CNI_IFNAME: ".." } }, 4, /CNI_IFNAME/],
    ["4: odd arguments", { env: { CNI_ARGS: "K8S_POD_NAME" } }, 4, /CNI_ARGS.*KEY=VALUE/],
    [
      "4: half a pod",
      { env: { CNI_ARGS: "K8S_POD_NAMESPACE=a" } },
      4,
      /K8S_POD_NAME beside K8S_POD_NAMESPACE/,
    ],
    ["6: no JSON", { input: "{" }, 6, /network configuration: found no JSON/],
    ["6: no object", { input: "[1]" }, 6, /network configuration: found \[1\]/],
    ["7: no name", { config: { name: "" } }, 7, /name: found "", expected the network's name/],
    ["7: a relative socket", { config: { socket: "a.sock" } }, 7, /socket: found "a.sock"/],
    ["7: a long socket", { config: { socket: "/a".repeat(60) } }, 7, /socket.*107/],
    ["7: a bare number", { config: { timeout: 10 } }, 7, /timeout: found 10, expected a duration/],
    ["7: no unit", { config: { timeout: "10" } }, 7, /timeout: found "10".*100ms/],
    ["7: another word", { config: { whenDown: "open" } }, 7, /whenDown: found "open".*"allow"/],
    ["7: not chained", { config: { prevResult: undefined } }, 7, /prevResult: found nothing/],
    ["7: CHECK too", { command: "CHECK", config: { prevResult: undefined } }, 7, /prevResult/],
    ["7: no result", { config: { prevResult: "x" } }, 7, /prevResult: found "x"/],
    ["7: no list", { config: { prevResult: { ips: 1 } } }, 7, /prevResult.ips: found 1/],
    ["7: no address", { config: { prevResult: { ips: [] } } }, 7, /prevResult.ips: found \[\]/],
    [
      "7: an odd entry",
      { config: { prevResult: { ips: [1] } } },
      7,
      /prevResult.ips\[0\]: found 1/,
    ],
    [
      "7: no prefix",
      { config: { prevResult: { ips: [{ address: "10.0.0.1" }] } } },
      7,
      /ips\[0\].address: found "10.0.0.1".*prefix/,
    ],
    ["7: DEL too", { command: "DEL", config: { timeout: "1" } }, 7, /timeout/],
  ];
  for (const [name, execution, code, msg] of rows) {
    await t.step(name, () => expectError(execution, code, msg));
  }
});
