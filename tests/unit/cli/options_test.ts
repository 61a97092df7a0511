import { deepEqual, equal, match, throws } from "node:assert/strict";
import type { AgentOptions } from "../../../lib/cli/agent_options.ts";
import { parseCommandLine } from "../../../lib/cli/options.ts";
import { formatRange } from "../../../lib/model/address_value.ts";
import type { Surroundings } from "../../../lib/cli/surroundings.ts";
import { HelpRequested, UsageError } from "../../../lib/cli/usage_error.ts";

function around(env: Readonly<Record<string, string>> = {}): Surroundings {
  return { env: (name) => env[name], hostName: () => "the-host" };
}

function agent(args: readonly string[], env: Readonly<Record<string, string>> = {}): AgentOptions {
  const request = parseCommandLine(["agent", ...args], around(env));
  if (request.command !== "agent") throw new Error(`${request.command} instead of agent`);
  return request.options;
}

Deno.test("without flags the agent has the documented defaults", () => {
  deepEqual(agent([]), {
    source: { kind: "in-cluster" },
    nodeName: "the-host",
    listen: { hostname: "127.0.0.1", port: 9080 },
    socket: "/run/hedgerow/agent.sock",
    selfHealMs: 30_000,
    dnsResolvers: [],
    antiSpoof: true,
    podBlocks: [],
    denyTunnels: false,
    writeStatus: false,
    logLevel: "info",
    logFormat: "json",
  });
});

Deno.test("the node's name is the flag's, else HEDGEROW_NODE_NAME, else NODE_NAME, else the host's", () => {
  const env = { HEDGEROW_NODE_NAME: "b", NODE_NAME: "c" };
  equal(agent(["--node-name", "a"], env).nodeName, "a");
  equal(agent([], env).nodeName, "b");
  equal(agent([], { NODE_NAME: "c" }).nodeName, "c");
});

Deno.test("each flag is an environment variable too, and the flag wins", () => {
  const env = { HEDGEROW_SELF_HEAL: "5m", HEDGEROW_LISTEN: "[::1]:1", HEDGEROW_KUBECONFIG: "/k" };
  const options = agent(["--self-heal", "100ms"], env);
  equal(options.selfHealMs, 100);
  deepEqual(options.listen, { hostname: "::1", port: 1 });
  deepEqual(options.source, { kind: "kubeconfig", path: "/k" });
});

Deno.test("resolvers are addresses, parted by commas; those of the flag win", () => {
  const env = { HEDGEROW_DNS_RESOLVER: "10.0.0.53" };
  deepEqual(agent([], env).dnsResolvers, ["10.0.0.53"]);
  deepEqual(agent(["--dns-resolver", "10.0.0.1, FD00::0053"], env).dnsResolvers, [
    "10.0.0.1",
    "fd00::53",
  ]);
});

Deno.test("unknown pods are dropped in the node's range alone", () => {
  const env = { HEDGEROW_UNKNOWN_PODS: "drop", HEDGEROW_POD_CIDR: "10.1.2.3/24, fd00::/64" };
  deepEqual(agent([], env).podBlocks.map(formatRange), ["10.1.2.0/24", "fd00::/64"]);
});

Deno.test("anti-spoofing is turned off by its flag, or by its variable", () => {
  equal(agent(["--anti-spoof=off"]).antiSpoof, false);
  equal(agent([], { HEDGEROW_ANTI_SPOOF: "off" }).antiSpoof, false);
  equal(agent(["--deny-tunnels"]).denyTunnels, true);
});

Deno.test("what cannot be followed is an error that names the flag, its value and what it takes", () => {
  const rows: readonly (readonly [readonly string[], RegExp])[] = [
    [["agent", "--listen", "9080"], /--listen.*'9080'.*ADDR:PORT/],
    [["agent", "--listen", "a:65536"], /--listen.*'a:65536'.*ADDR:PORT/],
    [["agent", "--unknown-pods", "kill"], /--unknown-pods.*'kill'.*allow, drop/],
    [["agent", "--pod-cidr", "10.0.0.1"], /--pod-cidr.*'10.0.0.1'.*fd00:1:2::/],
    [["agent", "--pod-cidr", "10.0.0.1/0"], /--pod-cidr.*'10.0.0.1\/0'/],
    [["agent", "--unknown-pods", "drop"], /--unknown-pods drop needs --pod-cidr/],
    [["agent", "--pod-cidr", "10.0.0.0/8"], /--pod-cidr is of use with --unknown-pods drop/],
    [["agent", "--anti-spoof", "maybe"], /--anti-spoof.*'maybe'.*on, off/],
    [["agent", "--self-heal", "30"], /--self-heal.*'30'.*30s/],
    [["agent", "--self-heal", "1ms"], /--self-heal.*'1ms'.*100ms/],
    [["agent", "--dns-resolver", "10.0.0.53,dns"], /--dns-resolver.*'10.0.0.53,dns'.*fd00::53/],
    [["agent", "--log-level", "loud"], /--log-level.*'loud'.*debug, info, warning, error/],
    [["agent", "--log-format", "xml"], /--log-format.*'xml'.*json, text/],
    [["agent", "--manifests", "a", "--kubeconfig", "b"], /--kubeconfig "b".*--manifests "a"/],
    [
      ["agent", "--manifests", "a", "--write-status"],
      /--write-status needs an API server, and --manifests "a" takes its place/,
    ],
    [["agent", "--unknown"], /unknown option '--unknown'/],
    [["agent", "more"], /more/],
    [["agnet"], /unknown command 'agnet'/],
    [[], /no command/],
  ];
  for (const [args, message] of rows) {
    throws(() => parseCommandLine(args, around()), (error) => {
      match(String(error), message);
      return error instanceof UsageError;
    });
  }
});

Deno.test("whether a status is written can be said by the flag, or as true or false", () => {
  equal(agent(["--write-status"]).writeStatus, true);
  equal(agent(["--write-status"], { HEDGEROW_WRITE_STATUS: "false" }).writeStatus, true);
  const rows = [["true", true], ["false", false], ["1", true], ["0", false], ["", false]] as const;
  for (const [value, expected] of rows) {
    equal(agent([], { HEDGEROW_WRITE_STATUS: value }).writeStatus, expected);
  }
  throws(
    () => agent([], { HEDGEROW_WRITE_STATUS: "yes" }),
    /HEDGEROW_WRITE_STATUS has value "yes": .*true or false/,
  );
});

Deno.test("install and uninstall have the documented defaults, and take their variables alone", () => {
  const folders = { cniBinDir: "/opt/cni/bin", cniConfDir: "/etc/cni/net.d" };
  const socket = "/run/hedgerow/agent.sock";
  deepEqual(parseCommandLine(["uninstall"], around({ HEDGEROW_LISTEN: "bad" })), {
    command: "uninstall",
    options: { ...folders, socket },
  });
  const env = { HEDGEROW_CNI_BIN_DIR: "/bin", HEDGEROW_WATCH: "true" };
  deepEqual(parseCommandLine(["install", "--when-down", "allow"], around(env)), {
    command: "install",
    options: {
      ...{ ...folders, socket, cniBinDir: "/bin", timeout: "10s" },
      ...{ whenDown: "allow", watch: true },
    },
  });
  throws(() => parseCommandLine(["install", "--timeout", "10"], around()), /--timeout.*'10'.*30s/);
});

Deno.test("a bad environment variable is named", () => {
  throws(
    () => agent([], { HEDGEROW_LOG_LEVEL: "loud" }),
    /HEDGEROW_LOG_LEVEL.*"loud".*debug, info, warning, error/,
  );
});

Deno.test("--help tells of every flag and its environment variable", () => {
  throws(() => parseCommandLine(["agent", "--help"], around()), (error) => {
    const text = error instanceof HelpRequested ? error.message : "";
    for (const flag of ["kubeconfig", "manifests", "node-name", "listen", "socket", "self-heal"]) {
      match(text, new RegExp(`--${flag} `));
    }
    match(text, /--write-status/);
    match(text, /HEDGEROW_SELF_HEAL/);
    match(text, /HEDGEROW_WRITE_STATUS/);
    return true;
  });
});
