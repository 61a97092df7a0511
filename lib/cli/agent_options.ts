import { InvalidArgumentError } from "commander";
import { tryParseAddress } from "../decode/address.ts";
import { tryParseCidr } from "../decode/cidr.ts";
import type { IpAddress } from "../model/address.ts";
import { type AddressRange, isWholeFamily } from "../model/address_range.ts";
import type { CommandForm } from "./command_form.ts";
import { parseBoolean, parseDuration } from "./option_values.ts";
import type { Surroundings } from "./surroundings.ts";
import { UsageError } from "./usage_error.ts";

/** Where the agent learns of the cluster. */
export type Source =
  | { readonly kind: "in-cluster" }
  | { readonly kind: "kubeconfig"; readonly path: string }
  | { readonly kind: "manifests"; readonly directory: string };

/** A TCP address to listen on. */
export interface ListenAddress {
  /** A name, an IPv4 address, or an IPv6 address without its brackets. */
  readonly hostname: string;
  /** 0 to 65535; 0 picks a free one. */
  readonly port: number;
}

/** The levels of the log, from the most to the least. */
export const logLevels = ["debug", "info", "warning", "error"] as const;

/** What `hedgerow agent` is asked to do. */
export interface AgentOptions {
  /** `--manifests` or `--kubeconfig`; with neither, the API server of the cluster it runs in. */
  readonly source: Source;
  /** `--node-name`, else `$NODE_NAME`, else the host name. */
  readonly nodeName: string;
  /** `--listen`: where health and metrics are served. */
  readonly listen: ListenAddress;
  /** `--socket`: a path; the lock stands beside it. */
  readonly socket: string;
  /** `--self-heal`, from 100 ms to a day. */
  readonly selfHealMs: number;
  /** `--dns-resolver`: whose answers are believed, beside the cluster's own DNS pods. */
  readonly dnsResolvers: readonly IpAddress[];
  /** `--anti-spoof`: whether what leaves pods must come from them, where their interface is known. */
  readonly antiSpoof: boolean;
  /** `--unknown-pods=drop`: the prefixes of `--pod-cidr`; none where unknown pods are let be. */
  readonly podBlocks: readonly AddressRange[];
  /** `--deny-tunnels`: whether pods whose interface is known may have no tunnels to nodes. */
  readonly denyTunnels: boolean;
  /** `--write-status`: whether the conditions of policies are written. */
  readonly writeStatus: boolean;
  /** `--log-level`: nothing below it is logged. */
  readonly logLevel: typeof logLevels[number];
  /** `--log-format`: an object a line, or colours for a terminal. */
  readonly logFormat: "json" | "text";
}

/** The flags as they were read, one by one. */
export interface AgentFlags extends
  Pick<
    AgentOptions,
    "listen" | "socket" | "writeStatus" | "denyTunnels" | "logLevel" | "logFormat"
  > {
  /** `--kubeconfig`: a path. */
  readonly kubeconfig?: string;
  /** `--manifests`: a folder. */
  readonly manifests?: string;
  /** `--node-name`. */
  readonly nodeName?: string;
  /** `--self-heal`, in ms. */
  readonly selfHeal: number;
  /** `--dns-resolver`. */
  readonly dnsResolver: readonly IpAddress[];
  /** `--unknown-pods`. */
  readonly unknownPods: "allow" | "drop";
  /** `--pod-cidr`. */
  readonly podCidr: readonly AddressRange[];
  /** `--anti-spoof`. */
  readonly antiSpoof: "on" | "off";
}

/** `hedgerow agent`: its flags are `AgentFlags`. */
export const agentForm: CommandForm = {
  name: "agent",
  help: "enforce the cluster's policies on this node",
  flags: [
    {
      form: "--kubeconfig <path>",
      help: "how to reach the API server (default: in-cluster)",
    },
    {
      form: "--manifests <dir>",
      help: "take objects from YAML and JSON files, not from an API server",
    },
    {
      form: "--node-name <name>",
      help: "this node (default: $NODE_NAME, else the host name)",
    },
    {
      form: "--listen <addr:port>",
      help: "health and metrics",
      parse: parseListen,
      otherwise: parseListen("127.0.0.1:9080"),
      otherwiseTold: "127.0.0.1:9080",
    },
    {
      form: "--socket <path>",
      help: "the agent's own socket",
      otherwise: "/run/hedgerow/agent.sock",
    },
    {
      form: "--self-heal <duration>",
      help: "how often the table is read back",
      parse: parseDuration,
      otherwise: 30_000,
      otherwiseTold: "30s",
    },
    {
      form: "--dns-resolver <addr,…>",
      help: "whose answers domain names are learned from, too",
      parse: parseAddresses,
      otherwise: [],
      otherwiseTold: "the cluster's DNS pods alone",
    },
    {
      form: "--unknown-pods <mode>",
      help: "what becomes of traffic of addresses in --pod-cidr that no known pod has",
      choices: ["allow", "drop"],
      otherwise: "allow",
    },
    {
      form: "--pod-cidr <cidr,…>",
      help: "this node's own pod range, for --unknown-pods=drop",
      parse: parseCidrs,
      otherwise: [],
      otherwiseTold: "none",
    },
    {
      form: "--anti-spoof <mode>",
      help: "whether what leaves a pod must have its source; needs the CNI plugin",
      choices: ["on", "off"],
      otherwise: "on",
    },
    {
      form: "--deny-tunnels",
      help: "drop VXLAN, Geneve, IPIP, GRE and the like from pods to nodes; needs the CNI plugin",
      parse: parseBoolean,
      otherwise: false,
    },
    {
      form: "--write-status",
      help: "write status.conditions of policies (needs a right of its own)",
      parse: parseBoolean,
      otherwise: false,
    },
    {
      form: "--log-level <level>",
      help: "the least that is logged",
      choices: logLevels,
      otherwise: "info",
    },
    {
      form: "--log-format <format>",
      help: "how it is logged",
      choices: ["json", "text"],
      otherwise: "json",
    },
  ],
};

/**
 * What the flags come to.
 *
 * @throws {UsageError} for flags that exclude each other.
 */
export function agentOptions(flags: AgentFlags, { env, hostName }: Surroundings): AgentOptions {
  const { listen, socket, writeStatus, logLevel, logFormat } = flags;
  const nodeName = flags.nodeName || env("NODE_NAME") || hostName();
  return {
    source: sourceOf(flags),
    writeStatus,
    nodeName,
    listen,
    socket,
    selfHealMs: flags.selfHeal,
    dnsResolvers: flags.dnsResolver,
    antiSpoof: flags.antiSpoof === "on",
    podBlocks: podBlocksOf(flags),
    denyTunnels: flags.denyTunnels,
    logLevel,
    logFormat,
  };
}

function podBlocksOf({ unknownPods, podCidr }: AgentFlags): readonly AddressRange[] {
  if (unknownPods === "drop" && podCidr.length === 0) {
    throw new UsageError("--unknown-pods drop needs --pod-cidr, this node's own pod range");
  }
  if (unknownPods === "allow" && podCidr.length > 0) {
    throw new UsageError("--pod-cidr is of use with --unknown-pods drop alone");
  }
  return podCidr;
}

function sourceOf({ kubeconfig, manifests, writeStatus }: AgentFlags): Source {
  if (kubeconfig !== undefined && manifests !== undefined) {
    throw new UsageError(
      `--kubeconfig "${kubeconfig}" and --manifests "${manifests}" exclude each other`,
    );
  }
  if (manifests !== undefined && writeStatus) {
    throw new UsageError(
      `--write-status needs an API server, and --manifests "${manifests}" takes its place`,
    );
  }
  if (manifests !== undefined) return { kind: "manifests", directory: manifests };
  if (kubeconfig !== undefined) return { kind: "kubeconfig", path: kubeconfig };
  return { kind: "in-cluster" };
}

function parseListen(value: string): ListenAddress {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (match === null || port > 65535) {
    throw new InvalidArgumentError("Expected ADDR:PORT, as 127.0.0.1:9080 or [::1]:9080.");
  }
  return { hostname: match[1] ?? match[2] ?? "", port };
}

function parseAddresses(value: string): readonly IpAddress[] {
  return value.split(",").map((text) => {
    const address = tryParseAddress(text.trim());
    if (address !== undefined) return address;
    throw new InvalidArgumentError("Expected IP addresses, as 10.0.0.53 or 10.0.0.53,fd00::53.");
  });
}

function parseCidrs(value: string): readonly AddressRange[] {
  return value.split(",").map((text) => {
    const block = tryParseCidr(text.trim());
    if (block !== undefined && !isWholeFamily(block)) return block;
    throw new InvalidArgumentError("Expected CIDRs, as 10.1.2.0/24 or 10.1.2.0/24,fd00:1:2::/64.");
  });
}
