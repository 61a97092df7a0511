import { equal } from "node:assert/strict";
import { type Answer, readAnswer } from "../../../lib/apply/session_answer.ts";

const sentinel = "sync_4_x";
const error = "Error: syntax error, unexpected newline, expecting string\n";
const newError = "Error: syntax error, unexpected newline\nexpected any of: <string>, last\n";
const place = `${sentinel}\n        ^\n`;
const refusal = "Error: Could not process rule: No such file or directory\n" +
  "add rule inet hedgerow a accept; add chain inet hedgerow b\n                       ^\n";

const included = "In file included from <cmdline>:1:1-30:\n/tmp/s.nft:3:28-34: Error: Could not " +
  "process rule: No such file or directory\ndelete element inet hedgerow s { a }\n       ^^\n";
const warned = included.replace("Error:", "Warning:");

const cases: readonly (readonly [string, string, Answer["kind"]])[] = [
  ["nothing yet", "", "incomplete"],
  ["the sentinel's error alone, nft 1.0.6", `${error}${place}`, "done"],
  ["the sentinel's error alone, nft 1.1.7", `${newError}${place}`, "done"],
  ["half of it", `${error}sync_4`, "incomplete"],
  ["all of it but the carets", `${error}${sentinel}\n`, "incomplete"],
  ["all of it but the last break", `${error}${sentinel}\n        ^`, "incomplete"],
  ["an error before it", `${refusal}${error}${place}`, "refused"],
  ["an error before it, nft 1.1.7", `${refusal}${newError}${place}`, "refused"],
  ["an error in the file that it names", `${included}${error}${place}`, "refused"],
  ["errors in the file that it names", `${included}${included}${newError}${place}`, "refused"],
  ["a warning about the file that it names", `${warned}${error}${place}`, "not understood"],
  ["an error, and the sentinel not yet", refusal, "incomplete"],
  ["something else before it", `Warning: x\n${error}${place}`, "not understood"],
  ["something else before the error", `x\n${refusal}${error}${place}`, "not understood"],
  ["something behind it", `${error}${place}x`, "not understood"],
  ["the sentinel without an error", place, "not understood"],
  ["the sentinel with another error", `Error: no\n${place}`, "not understood"],
  ["no carets", `${error}${sentinel}\nhello\n`, "not understood"],
  ["another sentinel", `${error}sync_3_x\n        ^\n`, "incomplete"],
  ["a line that holds the sentinel among others", `${error}a sync_4_x\n  ^\n`, "incomplete"],
];

for (const [name, said, kind] of cases) {
  Deno.test(`an answer is read: ${name}`, () => equal(readAnswer(said, sentinel).kind, kind));
}
