interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
}

/** Of these it is told what they become; of all else, that it changed. */
const telling = new Set(["name", "context", "state", "state_event", "status"]);

/** What is another each time, and makes nothing another effect. */
const accidents = new Set(["sha", "head_sha", "target_url", "details_url", "external_id", "ref"]);

/** Of a commit status or check run only whose it is counts: that a third one becomes green in the same way teaches nothing. */
const outcomes = new Set([
  "description",
  "output",
  "state",
  "status",
  "conclusion",
  "completed_at",
  "actions",
]);

/** Names what a request did, so that the same effect bears the same name, whichever merge request it is done to. */
export function nameOf({ method, path, body }: Asked): string {
  const place = path.replace(/\/projects\/[^/]+/, "/projects/…").replace(/\/repos\/[^/]+\/[^/]+/, "/repos/…");
  const said = body === "" ? {} : (JSON.parse(body) as Readonly<Record<string, unknown>>);
  return `${method} ${withoutNumbers(place)} ${gistOf(said)}`.trim();
}

function gistOf(said: Readonly<Record<string, unknown>>): string {
  const { query } = said;
  if (typeof query === "string") return /\w+(?=\(\s*input)/.exec(query)?.[0] ?? "";
  const isResult = "context" in said || "name" in said;
  const keys = Object.keys(said).filter((key) => !accidents.has(key) && !(isResult && outcomes.has(key)));
  return keys
    .map((key) => (telling.has(key) ? `${key}=${kindOf(String(said[key]))}` : key))
    .sort()
    .join(" ");
}

/** One job's result is as good as another's. */
function kindOf(name: string): string {
  return withoutNumbers(name.replace(/^dist-git\/.*/, "dist-git/…"));
}

function withoutNumbers(text: string): string {
  return text.replace(/\b[0-9a-f]{7,40}\b/g, "…").replace(/\d+/g, "N");
}
