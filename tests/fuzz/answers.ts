import * as fc from "fast-check";
import { answer, type ApiObject, type Fields, nameOf } from "../spec/objects.ts";
import { podIps } from "./addresses.ts";

/** Few, so that rules and answers meet; wildcards mean some of the others. */
const names = ["example.com", "api.example.com", "v1.api.example.com", "example.org"];
const patterns = [...names, "*.example.com", "*.api.example.com", "*.com", "*.example.net"];

/** A peer by domain names. */
export const domainNames: fc.Arbitrary<Fields> = fc.record({
  domainNames: fc.uniqueArray(fc.constantFrom(...patterns), { minLength: 1, maxLength: 3 }),
});

const strangers = fc.constantFrom(
  ["203.0.113.9"],
  ["198.51.100.1", "2001:db8::9"],
  ["2001:db8:ffff::1", "203.0.113.9"],
);

/** What DNS has told: names of strangers mostly, and of pods. */
export const answers: fc.Arbitrary<readonly ApiObject[]> = fc.uniqueArray(
  fc.tuple(
    fc.constantFrom(...names),
    fc.oneof({ weight: 2, arbitrary: strangers }, { weight: 1, arbitrary: podIps }),
    fc.constantFrom(60, 3600),
  ).map(([name, addresses, seconds]) => answer(name, addresses, seconds)),
  { maxLength: 4, selector: nameOf },
);
