import { describe, expect, it } from "@jest/globals";
import { plainText } from "../../src/cli/plain-text.js";

describe("Markdown for a terminal", () => {
  it("is without comments, emphasis and the addresses of links", () => {
    const markdown =
      "<!-- sluice: x -->\n**Refused**: see [`a.patch`](https://example.org/a) <!-- y --> [here\n";
    expect(plainText(markdown)).toBe("Refused: see a.patch [here");
    expect(plainText(markdown, { addresses: true })).toBe(
      "Refused: see a.patch (https://example.org/a) [here",
    );
  });

  it.each([
    ["comments", "<!--"],
    ["links", "["],
    ["addresses", "[]("],
    ["closed comments", "<!---->"],
  ])("takes no longer for %s that only begin", (_, beginning) => {
    const time = (count: number) => {
      const text = beginning.repeat(count);
      const begun = process.cpuUsage();
      plainText(text);
      const { user, system } = process.cpuUsage(begun);
      return user + system;
    };
    time(1000);
    // Were it quadratic, sixty-four times as much text would take four thousand times as long: minutes.
    expect(time(640_000)).toBeLessThan(20_000_000);
  });
});
