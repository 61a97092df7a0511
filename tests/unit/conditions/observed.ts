import type { BoardOptions } from "../../../lib/conditions/board.ts";
import { decodeAdminNetworkPolicy } from "../../../lib/decode/admin_network_policy.ts";
import { decodeClusterNetworkPolicy } from "../../../lib/decode/cluster_network_policy.ts";
import { decodeObservedPolicy } from "../../../lib/decode/observed_policy.ts";
import type { ClusterNetworkPolicy } from "../../../lib/model/cluster_network_policy.ts";
import type { ObservedPolicy } from "../../../lib/model/observed_policy.ts";
import { RecordingSink } from "../../watch/recording_sink.ts";
import { makeAdminPolicy, makeClusterPolicy } from "../decode/cluster_objects.ts";

/** A version of a policy, as `metadata` and `spec` have it. */
export interface Draft {
  readonly name?: string;
  /** Follows from the name where nothing is said. */
  readonly uid?: string;
  readonly generation?: number;
  readonly version?: string;
  readonly spec?: object;
  readonly conditions?: readonly object[];
}

/** A ClusterNetworkPolicy with its status. */
export function observe({ spec = {}, ...draft }: Draft): ObservedPolicy {
  return decode(makeClusterPolicy(spec), draft, decodeClusterNetworkPolicy);
}

/** An AdminNetworkPolicy with its status. */
export function observeOld({ spec = {}, ...draft }: Draft): ObservedPolicy {
  return decode(makeAdminPolicy(spec), draft, decodeAdminNetworkPolicy);
}

/** Sinks that take what they are told. */
export function makeSinks(): BoardOptions["sinks"] {
  return {
    clusterNetworkPolicies: new RecordingSink<ClusterNetworkPolicy>(),
    adminNetworkPolicies: new RecordingSink<ClusterNetworkPolicy>(),
    baselineAdminNetworkPolicies: new RecordingSink<ClusterNetworkPolicy>(),
  };
}

function decode(
  object: object,
  { name = "p", uid = `uid-of-${name}`, generation = 1, version = "1", conditions = [] }: Draft,
  decodePolicy: Parameters<typeof decodeObservedPolicy>[1],
): ObservedPolicy {
  const metadata = { name, uid, generation, resourceVersion: version };
  const decoded = decodeObservedPolicy(
    { ...object, metadata, status: { conditions } },
    decodePolicy,
  );
  if (decoded.object === undefined) throw new Error("Cannot decode what the test has made");
  return decoded.object;
}
