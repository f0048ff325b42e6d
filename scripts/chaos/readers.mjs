/** Both forges as anybody sees them over REST, in the same words; no code of Sluice's. */
export function readerOf({ kind, port, token, path }) {
  const ask = (place) => pages(`http://127.0.0.1:${port}${place}`, token);
  return kind === "github" ? gitHub(ask, path) : gitLab(ask, path);
}

function gitHub(ask, path) {
  const base = `/api/v3/repos/${path}`;
  return {
    mergeRequests: async () =>
      (await ask(`${base}/pulls?state=all`)).map((each) => ({
        number: each.number,
        title: each.title,
        description: each.body ?? "",
        draft: each.draft,
        state: each.merged_at ? "merged" : each.state,
        sourceBranch: each.head.ref,
        sourceRepository: each.head.repo?.full_name,
        targetBranch: each.base.ref,
        head: each.head.sha,
        author: each.user.login,
        url: each.html_url,
      })),
    comments: async (number) =>
      (await ask(`${base}/issues/${number}/comments`)).map(({ id, body, user }) => ({
        id,
        body,
        author: user.login,
      })),
    reactions: async (_, id) =>
      (await ask(`${base}/issues/comments/${id}/reactions`)).map(({ content }) => content),
    /** Every status ever set, oldest first. */
    statuses: async (commit) =>
      (await ask(`${base}/commits/${commit}/statuses`)).reverse().map(({ context, state, description }) => ({
        context,
        state,
        description,
      })),
    checks: async (commit) => {
      const runs = await ask(`${base}/commits/${commit}/check-runs`);
      return runs.map(({ id, name, status, conclusion, output, app }) => ({
        id,
        context: name,
        state: status === "completed" ? conclusion : "pending",
        description: output?.title,
        app: app?.slug,
      }));
    },
    branches: async () =>
      new Map((await ask(`${base}/branches`)).map(({ name, commit }) => [name, commit.sha])),
  };
}

function gitLab(ask, path) {
  const base = `/api/v4/projects/${encodeURIComponent(path)}`;
  const words = { failed: "failure" };
  const status = ({ id, name, status: state, description }) => ({
    id,
    context: name,
    state: words[state] ?? state,
    description,
  });
  return {
    mergeRequests: async () =>
      (await ask(`${base}/merge_requests?state=all`)).map((each) => ({
        number: each.iid,
        title: each.title.replace(/^Draft: /, ""),
        description: each.description ?? "",
        draft: each.draft,
        state: each.state === "opened" ? "open" : each.state,
        sourceBranch: each.source_branch,
        targetBranch: each.target_branch,
        head: each.sha,
        author: each.author.username,
        url: each.web_url,
      })),
    comments: async (number) =>
      (await ask(`${base}/merge_requests/${number}/notes`))
        .filter(({ system }) => !system)
        .map(({ id, body, author }) => ({ id, body, author: author.username })),
    reactions: async (number, id) =>
      (await ask(`${base}/merge_requests/${number}/notes/${id}/award_emoji`)).map(({ name }) => name),
    statuses: async (commit) =>
      (await ask(`${base}/repository/commits/${commit}/statuses?all=true`))
        .map(status)
        .sort((one, other) => one.id - other.id),
    checks: async (commit) => {
      const pipelines = await ask(`${base}/pipelines?sha=${commit}`);
      const own = pipelines.filter(({ source }) => source !== "external");
      const jobs = await Promise.all(own.map(({ id }) => ask(`${base}/pipelines/${id}/jobs`)));
      return jobs.flat().map(status);
    },
    branches: async () =>
      new Map((await ask(`${base}/repository/branches`)).map(({ name, commit }) => [name, commit.id])),
  };
}

async function pages(address, token) {
  const all = [];
  const mark = address.includes("?") ? "&" : "?";
  for (let page = 1; ; page += 1) {
    const answer = await fetch(`${address}${mark}per_page=100&page=${page}`, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
    const body = await answer.json();
    const items = Array.isArray(body) ? body : body.check_runs;
    all.push(...items);
    if (items.length < 100) return all;
  }
}
