import type { LinkEntry } from "../../src/config/configuration.js";
import { checkLinksFile } from "../../src/config/links-file.js";

const file = `
forges:
  gitlab.com: { kind: gitlab }
  github.com: { kind: github }
links:
  - source-git: gitlab.com/centos/src/{name}
    dist-git: github.com/rpms/{name}
    layout: rpm
`;

/** A link from GitLab to GitHub as `sluice.yml` has it with no key more than it takes, but for what is said here. */
export function linkEntry(change: Partial<LinkEntry> = {}): LinkEntry {
  const [entry] = checkLinksFile("sluice.yml", file).links;
  if (!entry) throw new Error("the example of a link is not right");
  return { ...entry, ...change };
}
