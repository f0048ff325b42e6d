import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type GitLabForge, type Person, startGitLab } from "./gitlab-forge.js";
import { type Proposals, proposalsOf } from "./gitlab-proposals.js";

const tally = "/projects/ada%2Ftally";
let forge: GitLabForge;
let ada: Person;
let ben: Person;
let kim: Person;
let proposals: Proposals;
let branches = 0;

beforeAll(async () => {
  forge = await startGitLab();
  [ada, ben, kim] = [forge.person("ada"), forge.person("ben"), forge.person("kim")];
  const project = await forge.project("ada/tally", ada);
  forge.store.setMember(project, ben.user, "write");
  proposals = proposalsOf(forge, project, ben);
});
afterAll(() => forge.close());

/** The path of a new merge request that can be merged. */
async function proposed(description = ""): Promise<string> {
  const { iid } = await proposals.propose(`proposal-${++branches}`, { description });
  await forge.settled();
  return `${tally}/merge_requests/${iid}`;
}

async function bodies(mergeRequest: string, query = ""): Promise<readonly string[]> {
  const { body } = await ada.api.get(`${mergeRequest}/notes?sort=asc${query}`);
  return (body as { body: string }[]).map((note) => note.body);
}

async function shown(mergeRequest: string): Promise<Record<string, unknown>> {
  return (await ada.api.get(mergeRequest)).body as Record<string, unknown>;
}

describe("a note on the GitLab sandbox", () => {
  it("is written by anybody who may read the merge request, and changed by its author", async () => {
    const mergeRequest = await proposed();
    const written = await kim.api.post(`${mergeRequest}/notes`, { body: "Why?" });
    expect(written).toMatchObject({
      status: 201,
      body: { body: "Why?", system: false, author: { username: "kim" } },
    });
    const note = `${mergeRequest}/notes/${(written.body as { id: number }).id}`;
    expect((await kim.api.put(note, { body: "Why, again?" })).body).toMatchObject({ body: "Why, again?" });
    expect((await ben.api.put(note, { body: "No." })).status).toBe(403);
    expect((await ben.api.delete(note)).status).toBe(403);
    expect((await ben.api.get(note)).body).toMatchObject({ body: "Why, again?" });
    expect((await ada.api.delete(note)).status).toBe(204);
    expect((await ben.api.get(note)).status).toBe(404);
  });

  it("is for people who are signed in, and says something", async () => {
    const mergeRequest = await proposed();
    expect((await forge.api().get(`${mergeRequest}/notes`)).status).toBe(401);
    expect((await forge.api().post(`${mergeRequest}/notes`, { body: "Hello" })).status).toBe(401);
    expect((await kim.api.post(`${mergeRequest}/notes`, {})).body).toEqual({ error: "body is missing" });
    expect((await kim.api.post(`${mergeRequest}/notes`, { body: " " })).status).toBe(400);
    expect((await kim.api.post(`${tally}/merge_requests/999/notes`, { body: "Hello" })).status).toBe(404);
  });

  it("comes newest first unless told, page by page", async () => {
    const mergeRequest = await proposed();
    for (const body of ["one", "two", "three"]) await kim.api.post(`${mergeRequest}/notes`, { body });
    expect(await bodies(mergeRequest)).toEqual(["one", "two", "three"]);
    const first = await kim.api.get(`${mergeRequest}/notes?per_page=2`);
    expect((first.body as { body: string }[]).map(({ body }) => body)).toEqual(["three", "two"]);
    expect(first.headers.get("x-next-page")).toBe("2");
    expect(first.headers.get("x-total")).toBe("3");
    expect(first.headers.get("link")).toContain(
      `<${forge.url}/api/v4${mergeRequest}/notes?per_page=2&page=2>; rel="next"`,
    );
    const second = await kim.api.get(`${mergeRequest}/notes?per_page=2&page=2`);
    expect((second.body as { body: string }[]).map(({ body }) => body)).toEqual(["one"]);
    expect(second.headers.get("x-next-page")).toBe("");
  });

  it("is written by the forge itself when somebody changes the merge request", async () => {
    const mergeRequest = await proposed();
    await ben.api.put(mergeRequest, { title: "Draft: Better", add_labels: "bug", state_event: "close" });
    await kim.api.post(`${mergeRequest}/notes`, { body: "Oh." });
    expect(await bodies(mergeRequest, "&activity_filter=only_activity")).toEqual([
      "marked this merge request as **draft**",
      expect.stringMatching(/^changed title from \*\*Add proposal-\d+\*\* to \*\*Draft: Better\*\*$/),
      'added ~"bug" label',
      "closed",
    ]);
    expect(await bodies(mergeRequest, "&activity_filter=only_comments")).toEqual(["Oh."]);
    await ben.api.put(mergeRequest, { state_event: "reopen" });
    expect((await bodies(mergeRequest)).slice(-3)).toEqual(["closed", "Oh.", "reopened"]);
    const [{ id }] = (await ada.api.get(`${mergeRequest}/notes?activity_filter=only_activity`)).body as [
      { id: number },
    ];
    expect((await ada.api.delete(`${mergeRequest}/notes/${id}`)).status).toBe(403);
  });

  it("takes each person's emoji once", async () => {
    const mergeRequest = await proposed();
    const { body } = await kim.api.post(`${mergeRequest}/notes`, { body: "Nice." });
    const awards = `${mergeRequest}/notes/${(body as { id: number }).id}/award_emoji`;
    const given = await ben.api.post(awards, { name: "eyes" });
    expect(given).toMatchObject({ status: 201, body: { name: "eyes", user: { username: "ben" } } });
    expect((await ben.api.post(awards, { name: "eyes" })).status).toBe(404);
    expect((await ada.api.post(awards, { name: "eyes" })).status).toBe(201);
    const award = `${awards}/${(given.body as { id: number }).id}`;
    expect((await ada.api.delete(award)).status).toBe(401);
    expect((await ben.api.delete(award)).status).toBe(204);
    expect((await ben.api.get(awards)).body).toMatchObject([{ user: { username: "ada" } }]);
  });
});

describe("a quick action on the GitLab sandbox", () => {
  it("acts, and leaves no note when there is nothing else", async () => {
    const mergeRequest = await proposed();
    const answer = await ben.api.post(`${mergeRequest}/notes`, { body: "/close" });
    expect(answer).toMatchObject({ status: 202, body: { summary: ["Closed this merge request."] } });
    expect(await shown(mergeRequest)).toMatchObject({ state: "closed", closed_by: { username: "ben" } });
    expect(await bodies(mergeRequest)).toEqual(["closed"]);
    await ben.api.post(`${mergeRequest}/notes`, { body: "/reopen" });
    expect(await shown(mergeRequest)).toMatchObject({ state: "opened", closed_by: null });
  });

  it("is taken out of the text around it", async () => {
    const mergeRequest = await proposed();
    const written = await ben.api.post(`${mergeRequest}/notes`, {
      body: 'Good.\n/title Better\n/label ~bug ~"good first issue"\nBye.',
    });
    expect(written).toMatchObject({ status: 201, body: { body: "Good.\nBye." } });
    expect(await shown(mergeRequest)).toMatchObject({ title: "Better", labels: ["bug", "good first issue"] });
    await ben.api.post(`${mergeRequest}/notes`, { body: "/unlabel ~bug\n/draft" });
    expect(await shown(mergeRequest)).toMatchObject({
      ...{ title: "Draft: Better", draft: true, labels: ["good first issue"] },
    });
    await ben.api.post(`${mergeRequest}/notes`, { body: "/ready" });
    expect(await shown(mergeRequest)).toMatchObject({ title: "Better", draft: false });
  });

  it("merges and approves", async () => {
    const mergeRequest = await proposed();
    await ada.api.post(`${mergeRequest}/notes`, { body: "/approve" });
    expect((await kim.api.get(`${mergeRequest}/approvals`)).body).toMatchObject({
      ...{ approved: true, approved_by: [{ user: { username: "ada" } }] },
    });
    const seen = { body: "/merge", merge_request_diff_head_sha: "0".repeat(40) };
    expect((await ada.api.post(`${mergeRequest}/notes`, seen)).status).toBe(400);
    await ada.api.post(`${mergeRequest}/notes`, { body: "/merge" });
    expect(await shown(mergeRequest)).toMatchObject({ state: "merged", merge_user: { username: "ada" } });
  });

  it("has no more rights than who writes it", async () => {
    const mergeRequest = await proposed();
    const refused = await kim.api.post(`${mergeRequest}/notes`, { body: "/merge\n/close\n/title Mine" });
    expect(refused.status).toBe(400);
    await kim.api.post(`${mergeRequest}/notes`, { body: "/approve\nPlease." });
    expect(await bodies(mergeRequest)).toEqual(["Please."]);
    expect(await shown(mergeRequest)).toMatchObject({
      state: "opened",
      title: expect.stringMatching(/^Add/),
    });
  });

  it("acts in a description and in what is edited, too", async () => {
    const mergeRequest = await proposed("Because.\n/label ~bug\n/draft");
    expect(await shown(mergeRequest)).toMatchObject({
      description: "Because.",
      labels: ["bug"],
      draft: true,
    });
    await ben.api.put(mergeRequest, { description: "/ready\nBecause of this." });
    expect(await shown(mergeRequest)).toMatchObject({ description: "Because of this.", draft: false });
    const { body } = await ben.api.post(`${mergeRequest}/notes`, { body: "Hm." });
    await ben.api.put(`${mergeRequest}/notes/${(body as { id: number }).id}`, { body: "Hm.\n/close" });
    expect(await shown(mergeRequest)).toMatchObject({ state: "closed" });
  });

  it.each([
    ["quoted", "> /close"],
    ["in the middle of a line", "Do not /close this."],
    ["in a code fence", "```\n/close\n```"],
    ["in a fence that another kind of fence does not end", "~~~~\n```\n/close\n~~~\n/close\n~~~~"],
    ["no command", "/etc/passwd\n/closed\n/home is not one"],
    ["with a backslash", "\\/close"],
  ])("does not act when it is %s", async (_, body) => {
    const mergeRequest = await proposed(body);
    expect(await shown(mergeRequest)).toMatchObject({ state: "opened", description: body });
    expect((await ben.api.post(`${mergeRequest}/notes`, { body })).body).toMatchObject({ body });
    expect(await shown(mergeRequest)).toMatchObject({ state: "opened" });
  });
});
