// This module is pure.
import type { Pod } from "../../model/cluster.ts";
import type { Group } from "../../model/group.ts";
import type { Direction } from "../../model/network_policy.ts";
import type { IsolatedPod } from "../../model/node_policy.ts";
import { isSame } from "../../model/same.ts";
import type { Decision } from "../decision.ts";
import { type Subject, subjectKey } from "../subjects.ts";
import { GroupTable, type Membership } from "./group_table.ts";
import type { SubjectChange } from "./local_subjects.ts";
import type { SetUser } from "./tier_table.ts";
import { SortedTable } from "../../model/sorted_table.ts";

/** A subject, and the groups that judge it. */
interface Member {
  readonly subject: Subject;
  readonly key: string;
  ingress: Membership | undefined;
  egress: Membership | undefined;
}

/** What decides a subject in a direction. */
export type Decide = (subject: Subject, direction: Direction) => Decision | undefined;

/** A node's pods and the groups that judge them; only those in doubt are decided anew. */
export class IsolatedPods {
  readonly #members = new Map<Pod, Member>();
  readonly #doubtful = new Set<Member>();
  readonly #pods = new SortedTable<IsolatedPod>();
  readonly #groups = new GroupTable();
  /** The keys of subjects that are no more. */
  readonly #gone = new Set<string>();

  /**
   * The pods that are isolated in any direction, as of the last `settle`. Another UID alone, as of a
   * pod whose sandbox was known before it, makes another subject and the same list.
   */
  get pods(): readonly IsolatedPod[] {
    return this.#pods.list;
  }

  /** Their groups, as of the last `settle`. */
  get groups(): readonly Group[] {
    return this.#groups.list;
  }

  /** Subjects come and go. */
  change({ gone, come }: SubjectChange): void {
    for (const pod of gone) {
      const member = this.#members.get(pod);
      if (member === undefined) continue;
      this.#members.delete(pod);
      this.#doubtful.delete(member);
      this.#gone.add(member.key);
      for (const membership of membershipsOf(member)) this.#groups.leave(membership);
    }
    for (const subject of come) {
      const key = subjectKey(subject);
      const member = { subject, key, ingress: undefined, egress: undefined };
      this.#members.set(subject.pod, member);
      this.#doubtful.add(member);
      this.#gone.delete(key);
    }
  }

  /** Something has changed that may decide these pods otherwise. */
  doubt(isDoubtful: (pod: Pod) => boolean): void {
    for (const member of this.#members.values()) {
      if (isDoubtful(member.subject.pod)) this.#doubtful.add(member);
    }
  }

  /** Decides whoever is in doubt, and drops what nobody is in any more. */
  settle(decide: Decide, sets: SetUser): void {
    for (const member of this.#doubtful) this.#decide(member, decide, sets);
    for (const key of this.#gone) this.#pods.delete(key);
    this.#doubtful.clear();
    this.#gone.clear();
    this.#groups.settle(sets);
  }

  #decide(member: Member, decide: Decide, sets: SetUser): void {
    const before = membershipsOf(member);
    member.ingress = this.#join(decide(member.subject, "ingress"), sets);
    member.egress = this.#join(decide(member.subject, "egress"), sets);
    for (const membership of before) this.#groups.leave(membership);
    if (member.ingress === undefined && member.egress === undefined) {
      this.#pods.delete(member.key);
      return;
    }
    const { subject: { pod: { namespace, name }, addresses }, ingress, egress } = member;
    const isolated = { namespace, name, addresses, ingress: ingress?.key, egress: egress?.key };
    if (!isSame(this.#pods.get(member.key), isolated)) this.#pods.set(member.key, isolated);
  }

  #join(decision: Decision | undefined, sets: SetUser): Membership | undefined {
    return decision === undefined ? undefined : this.#groups.join(decision, sets);
  }
}

function membershipsOf({ ingress, egress }: Member): readonly Membership[] {
  return [ingress, egress].filter((membership) => membership !== undefined);
}
