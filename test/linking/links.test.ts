import { describe, expect, it } from "@jest/globals";
import { createLinks, distBranch } from "../../src/linking/links/links.js";
import { linkEntry as entry } from "../config/link-entry.js";

const at = (path: string, forge = "gitlab.com") => ({ forge, path });

describe("a link entry with {name}", () => {
  const links = createLinks([entry()]);

  it("links every repository of its shape", () => {
    expect(links.from(at("centos/src/hello")).map((link) => link.distGit)).toEqual([
      at("rpms/hello", "github.com"),
    ]);
  });

  it("compares paths as forges do, without regard to case, and keeps the name as it is written", () => {
    expect(links.from(at("CentOS/src/Hello"))[0]?.distGit.path).toBe("rpms/Hello");
  });

  it.each(["centos/src", "centos/src/", "centos/src/a/b", "x/centos/src/hello", "centos/srchello"])(
    "leaves %s alone",
    (path) => {
      expect(links.from(at(path))).toEqual([]);
    },
  );

  it("leaves the same path on another forge alone", () => {
    expect(links.from(at("centos/src/hello", "internal"))).toEqual([]);
  });

  it("takes a name literally, whatever it looks like", () => {
    expect(links.from(at("centos/src/$&"))[0]?.distGit.path).toBe("rpms/$&");
  });
});

describe("branches of a link", () => {
  const branchIn = (branches: ReturnType<typeof entry>["branches"], branch: string) => {
    const [link] = createLinks([entry({ branches })]).from(at("centos/src/hello"));
    return link && distBranch(link, branch);
  };

  it("are mapped by name before they are mapped by pattern", () => {
    expect(
      branchIn(
        [
          ["c*s", "stream-*"],
          ["c9s", "nine"],
        ],
        "c9s",
      ),
    ).toBe("nine");
    expect(
      branchIn(
        [
          ["c*s", "stream-*"],
          ["c9s", "nine"],
        ],
        "c10s",
      ),
    ).toBe("stream-10");
  });

  it("may hold slashes and characters that mean something in patterns", () => {
    expect(branchIn([["*", "*"]], "feature/a+b")).toBe("feature/a+b");
    expect(branchIn([["v1.0", "one"]], "v1x0")).toBeUndefined();
  });

  it("that no pattern names are left out", () => {
    expect(branchIn([["c9s", "c9s"]], "main")).toBeUndefined();
  });
});
