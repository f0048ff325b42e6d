import { UserError } from "../../domain/errors.js";
import { shortCommit, type CommitId } from "../../domain/refs.js";
import { readTrailers, trailerData } from "../../git/trailers.js";
import { distCommitTrailer } from "../commit.js";
import { amendsTrailer, beforeTrailer } from "../patches/amendments.js";
import type { HistoryCommit } from "../patches/history.js";
import type { PatchMetadata } from "../patches/patch-metadata.js";
import { isPatchPath } from "./series-file.js";

/** A line of git-buildpackage's in a message: `Gbp-Pq: Name fix.patch`, `Gbp: Ignore`, and the older `Gbp-Pq-Topic: x`. */
const gbpLine = /^gbp(?:-pq)?(?:-(topic):[ \t]*|:[ \t]*(name|topic|ignore))(?:[ \t]*(\S.*?))?[ \t]*$/i;
const ownTrailer = new RegExp(
  `^(?:patch-name|ignore-patch|${amendsTrailer}|${beforeTrailer}|${distCommitTrailer})[ \\t]*:`,
  "i",
);

/** What the commits say of their patches: in our trailers, else in git-buildpackage's. Throws `UserError` ("invalid"). */
export function readQuiltMetadata(commits: readonly HistoryCommit[]): ReadonlyMap<CommitId, PatchMetadata> {
  return new Map(commits.map((commit) => [commit.id, metadataOf(commit)]));
}

/** The folder that `Gbp-Pq: Topic` asks for where nobody gave a name; `undefined` for none. */
export function topicOf(message: string): string | undefined {
  return gbpCommands(message).get("topic");
}

/** A text without the lines that are for the conversion. */
export function withoutOwnLines(text: string): string {
  let inside = false;
  const lines = text.split("\n").filter((line) => {
    inside = ownTrailer.test(line) || gbpLine.test(line) || (inside && /^[ \t]+\S/.test(line));
    return !inside;
  });
  return lines.join("\n").trimEnd();
}

function metadataOf({ id, message }: HistoryCommit): PatchMetadata {
  const trailers = new Map(readTrailers(message).map(({ key, value }) => [key.toLowerCase(), value]));
  const gbp = gbpCommands(message);
  const name = nameFrom(trailers.get("patch-name"), gbp);
  const amends = trailers.get(amendsTrailer.toLowerCase())?.trim();
  if (name !== undefined && !isPatchPath(name)) {
    throw new UserError("invalid", {
      message: `the patch name ${JSON.stringify(name)} is not a path that a series can hold`,
      where: `commit ${shortCommit(id)}`,
      remedy: "Name a path below debian/patches, without spaces.",
    });
  }
  return {
    ...(name === undefined ? {} : { name }),
    ...(amends === undefined || amends === "" ? {} : { amends }),
    presentInSpecfile: false,
    ignore: isTrue(trailers.get("ignore-patch")) || gbp.has("ignore"),
    noPrefix: false,
    squash: false,
  };
}

function nameFrom(trailer: string | undefined, gbp: ReadonlyMap<string, string>): string | undefined {
  if (trailer !== undefined && trailer.trim() !== "") return String(trailerData(trailer)).trim();
  const [name, topic] = [gbp.get("name"), gbp.get("topic")];
  if (name === undefined || name === "") return undefined;
  return topic === undefined ? name : `${topic.replace(/\/+$/, "")}/${name}`;
}

/** git-buildpackage looks at every line, not only at the last paragraph; the last one counts. */
function gbpCommands(message: string): Map<string, string> {
  const commands = new Map<string, string>();
  for (const line of message.split("\n").slice(1)) {
    const match = gbpLine.exec(line);
    const command = match?.[1] ?? match?.[2];
    if (command !== undefined) commands.set(command.toLowerCase(), match?.[3] ?? "");
  }
  return commands;
}

function isTrue(value: string | undefined): boolean {
  return value !== undefined && /^(?:yes|on|true)$/i.test(value.trim());
}
