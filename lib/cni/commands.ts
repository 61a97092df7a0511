import type { Fields } from "../decode/fields.ts";
import { type Answer, ask, askPatiently } from "./agent_client.ts";
import { CniError } from "./cni_error.ts";
import { isSupported, newestVersion, supportedVersions } from "./cni_version.ts";
import type { Attachment, Invocation } from "./invocation.ts";
import { invalidField, type NetworkConfig, readConfig } from "./network_config.ts";
import { readAddresses } from "./result_addresses.ts";
import { readHostEnd } from "./result_interfaces.ts";

/** For how long a DEL tries: the agent finds out by itself what it was not told. */
const deleteMs = 1000;

/** For how long a STATUS waits for its answer. */
const statusMs = 1000;

/**
 * Does what a runtime asks for; gives what is to be printed, which for most commands is nothing.
 *
 * @throws {CniError} where the specification has an error printed.
 */
export async function runCommand(
  invocation: Invocation,
  fields: Fields | undefined,
): Promise<unknown> {
  const { command } = invocation;
  if (command === "VERSION") return versions(fields);
  const config = readConfig(command, fields);
  switch (command) {
    case "ADD":
      return await add(invocation.attachment, config);
    case "DEL":
      return await del(invocation.attachment, config);
    case "CHECK":
      return await check(invocation.attachment, config);
    case "STATUS":
      return await status(config);
    case "GC": // the agent looks for itself which network namespaces are gone
      return undefined;
    default:
      return command satisfies never;
  }
}

function versions(fields: Fields = {}): unknown {
  const { cniVersion = newestVersion } = fields;
  return { cniVersion, supportedVersions };
}

/** Answers when the pod's rules are in the kernel. */
async function add(attachment: Attachment, config: NetworkConfig): Promise<unknown> {
  const { prevResult, cniVersion } = config;
  if (prevResult === undefined) throw notChained();
  if (!isSupported(prevResult.cniVersion ?? cniVersion)) {
    throw invalidField("prevResult.cniVersion", prevResult.cniVersion, cniVersion);
  }
  const answer = await askAbout("add", attachment, config);
  const isPassing = answer.kind === "unreachable" && config.whenDown === "allow";
  if (!isPassing) requireDone(answer, "enforce policies for", attachment);
  return prevResult.cniVersion === undefined ? { cniVersion, ...prevResult } : prevResult;
}

async function check(attachment: Attachment, config: NetworkConfig): Promise<undefined> {
  if (config.prevResult === undefined) throw notChained();
  requireDone(await askAbout("check", attachment, config), "check", attachment);
}

async function del(
  { containerID, ifName, netns, pod }: Attachment,
  { socket }: NetworkConfig,
): Promise<undefined> {
  if (pod === undefined) return;
  const body = { containerID, ifName, netns, ...pod, ips: [] };
  await askPatiently({ socket, path: "/v1/cni/del", body, timeoutMs: deleteMs });
}

async function status({ socket, whenDown }: NetworkConfig): Promise<undefined> {
  const answer = await ask({ socket, path: "/readyz", timeoutMs: statusMs });
  if (answer.kind === "done") return;
  if (answer.kind === "unreachable" && whenDown === "allow") return; // an ADD would go through
  throw new CniError("notAvailable", `Cannot add pods: ${answer.reason}`);
}

async function askAbout(
  command: "add" | "check",
  { pod, containerID, ifName, netns }: Attachment,
  { socket, timeoutMs, prevResult = {} }: NetworkConfig,
): Promise<Answer> {
  if (pod === undefined) return { kind: "done" }; // not Kubernetes' own: no policy selects it
  const ips = readAddresses(prevResult);
  const body = { containerID, ifName, netns, ...pod, ips, ...readHostEnd(prevResult) };
  return await askPatiently({ socket, path: `/v1/cni/${command}`, body, timeoutMs });
}

function requireDone(answer: Answer, what: string, { pod, containerID }: Attachment): void {
  if (answer.kind === "done") return;
  const name = pod === undefined ? containerID : `${pod.podNamespace}/${pod.podName}`;
  const code = answer.kind === "refused" ? "refused" : "tryAgainLater";
  throw new CniError(code, `Cannot ${what} pod ${name}: ${answer.reason}`, containerID);
}

function notChained(): CniError {
  return invalidField("prevResult", undefined, "the result of the plugins that stand before");
}
