import { describe, expect, it } from "@jest/globals";
import {
  either,
  flag,
  list,
  map,
  Misshapen,
  oneOf,
  optional,
  otherwise,
  someText,
  text,
  turned,
  wholeNumber,
  type Shape,
} from "../../src/domain/shape.js";

const rule = map({ src: either(someText, list(someText, 1)), delete: otherwise(flag, false) });
const file = map({
  name: text,
  layout: otherwise(oneOf(["rpm", "plain"]), "rpm"),
  digits: optional(wholeNumber(0, 9)),
  rules: list(
    either(
      turned(someText, (src) => ({ src, delete: false })),
      rule,
    ),
  ),
});

function complaint(shape: Shape<unknown>, value: unknown): string {
  try {
    shape.read(value, []);
  } catch (error) {
    if (error instanceof Misshapen) return `${error.key.join(".")}: ${error.message}`;
    throw error;
  }
  return "none";
}

describe("a shape", () => {
  it("reads what fits, leaves other keys out, and says what is meant where nothing is said", () => {
    const value = { name: "hello", other: 1, rules: ["a", { src: ["b", "c"], delete: true }] };

    expect(file.read(value, [])).toEqual({
      name: "hello",
      layout: "rpm",
      digits: undefined,
      rules: [
        { src: "a", delete: false },
        { src: ["b", "c"], delete: true },
      ],
    });
  });

  it.each([
    [[], ": Invalid input: expected object, received array"],
    [{ name: 7, rules: [] }, "name: Invalid input: expected string, received number"],
    [{ name: "a" }, "rules: Invalid input: expected array, received undefined"],
    [{ name: "a", layout: "deb", rules: [] }, 'layout: Invalid option: expected one of "rpm"|"plain"'],
    [{ name: "a", digits: 10, rules: [] }, "digits: Invalid input: expected a whole number from 0 to 9"],
    [
      { name: "a", rules: [{ src: [""] }] },
      "rules.0.src.0: Invalid input: expected a text that is not empty",
    ],
    [{ name: "a", rules: [{ src: [] }] }, "rules.0.src: Invalid input"],
    [{ name: "a", rules: [null] }, "rules.0: Invalid input"],
  ])("says of %j what is wrong, and where", (value, expected) => {
    expect(complaint(file, value)).toBe(expected);
  });
});
