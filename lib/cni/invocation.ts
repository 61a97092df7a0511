import { formatFound } from "../decode/report.ts";
import { CniError } from "./cni_error.ts";

/** What the specification's environment variables ask for. */
export type Invocation =
  | { readonly command: "ADD" | "DEL" | "CHECK"; readonly attachment: Attachment }
  | { readonly command: "STATUS" | "GC" | "VERSION" };

/** The interface that a command is about. */
export interface Attachment {
  /** CNI_CONTAINERID. */
  readonly containerID: string;
  /** CNI_IFNAME. */
  readonly ifName: string;
  /** CNI_NETNS; "" where a DEL has none any more. */
  readonly netns: string;
  /** Of CNI_ARGS; undefined: the container is no pod of Kubernetes'. */
  readonly pod: PodName | undefined;
}

/** What a kubelet's runtime calls the pod. */
export interface PodName {
  /** K8S_POD_NAMESPACE. */
  readonly podNamespace: string;
  /** K8S_POD_NAME. */
  readonly podName: string;
  /** K8S_POD_UID; "" where an old runtime does not tell. */
  readonly podUID: string;
}

/** The environment variables that are read. */
export type Environment = (name: string) => string | undefined;

const commands = ["ADD", "DEL", "CHECK", "STATUS", "GC", "VERSION"] as const;

/**
 * Reads what a runtime asks for ("Parameters").
 *
 * @throws {CniError} 4, "invalid necessary environment variables".
 */
export function readInvocation(env: Environment): Invocation {
  const asked = env("CNI_COMMAND");
  const command = commands.find((known) => known === asked);
  if (command === undefined) throw invalid("CNI_COMMAND", asked, commands.join(", "));
  switch (command) {
    case "ADD":
    case "CHECK":
    case "DEL":
      return { command, attachment: readAttachment(env, command) };
    case "STATUS":
    case "GC":
    case "VERSION":
      return { command };
    default:
      return command satisfies never;
  }
}

function readAttachment(env: Environment, command: string): Attachment {
  const containerID = env("CNI_CONTAINERID") ?? "";
  if (!/^[A-Za-z0-9][\w.-]{0,252}$/.test(containerID)) {
    throw invalid("CNI_CONTAINERID", containerID, "an id of letters, digits, _, . and -");
  }
  const ifName = env("CNI_IFNAME") ?? "";
  if (!/^(?!\.{1,2}$)[^/:\s]{1,15}$/.test(ifName)) {
    throw invalid("CNI_IFNAME", ifName, "an interface's name of at most 15 characters");
  }
  const netns = env("CNI_NETNS") ?? "";
  if (netns === "" && command !== "DEL") throw invalid("CNI_NETNS", netns, "a path");
  return { containerID, ifName, netns, pod: readPod(env("CNI_ARGS") ?? "") };
}

/** Runtimes pass more, K8S_POD_INFRA_CONTAINER_ID among it, which is the container's id again. */
function readPod(args: string): PodName | undefined {
  const values = new Map<string, string>();
  for (const pair of args.split(";")) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (key !== undefined && value !== undefined) values.set(key, value);
    else if (pair !== "") throw invalid("CNI_ARGS", pair, "KEY=VALUE pairs with ; between them");
  }
  const podNamespace = values.get("K8S_POD_NAMESPACE") ?? "";
  const podName = values.get("K8S_POD_NAME") ?? "";
  if (podNamespace === "") return undefined; // podman gives its containers' names, but no namespace
  if (podName === "") throw invalid("CNI_ARGS", args, "K8S_POD_NAME beside K8S_POD_NAMESPACE");
  return { podNamespace, podName, podUID: values.get("K8S_POD_UID") ?? "" };
}

function invalid(name: string, found: string | undefined, expected: string): CniError {
  const message = `${name}: found ${formatFound(found)}, expected ${expected}`;
  return new CniError("invalidEnvironment", message);
}
