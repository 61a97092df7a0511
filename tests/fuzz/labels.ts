import * as fc from "fast-check";

/** Few keys and few values, the empty one among them, so that selectors hit often. */
const keys = ["app", "tier"];
const values = ["", "a", "b"];

const key = fc.constantFrom(...keys);
const value = fc.constantFrom(...values);

/** Labels of a pod or a namespace. */
export const labels: fc.Arbitrary<Record<string, string>> = fc.dictionary(key, value, {
  maxKeys: 2,
  noNullPrototype: true,
});

const expression = fc.oneof(
  fc.record({
    key,
    operator: fc.constantFrom("In", "NotIn"),
    values: fc.uniqueArray(value, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ key, operator: fc.constantFrom("Exists", "DoesNotExist") }),
);

/** A label selector with every operator; often one that selects everything. */
export const selector: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 4,
    arbitrary: fc.dictionary(key, value, { minKeys: 1, maxKeys: 1, noNullPrototype: true })
      .map((matchLabels) => ({ matchLabels })),
  },
  {
    weight: 4,
    arbitrary: fc.array(expression, { minLength: 1, maxLength: 2 })
      .map((matchExpressions) => ({ matchExpressions })),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      matchLabels: labels,
      matchExpressions: fc.array(expression, { maxLength: 2 }),
    }),
  },
);
