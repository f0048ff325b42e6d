import { html } from "hono/html";
import { shortCommit } from "../../domain/refs.js";
import type { SandboxCheckRun, SandboxJob, SandboxPipeline, SandboxRepository } from "../model.js";
import type { SandboxStore } from "../store.js";
import { addressesOf } from "./addresses.js";
import { type Html, moment } from "./layout.js";
import { renderMarkdown } from "./markdown.js";
import { dot, resultRows } from "./parts.js";
import { stageOf, toneOf } from "./results.js";

/** A run of the CI with its jobs. */
export function pipelinePage(
  store: SandboxStore,
  repository: SandboxRepository,
  pipeline: SandboxPipeline,
): Html {
  const addresses = addressesOf(store.kind);
  const results = pipeline.jobs.map(({ id, name, state, stage }) => ({
    name,
    state,
    tone: toneOf(state),
    description: stageOf(store, stage),
    link: addresses.job(repository.path, { pipeline: pipeline.id, id }),
    origin: "job" as const,
  }));
  return html`<h1>Pipeline <span class="number">${pipeline.id}</span></h1>
    ${whatRan(store, repository, pipeline)}
    <section class="card">${resultRows(results, "No jobs: its results come from outside.")}</section>`;
}

export function jobPage(
  store: SandboxStore,
  repository: SandboxRepository,
  { pipeline, job }: { readonly pipeline: SandboxPipeline; readonly job: SandboxJob },
): Html {
  return html`<h1>${job.name} <span class="number">${job.id}</span></h1>
    ${whatRan(store, repository, { ...pipeline, state: job.state })}
    <section class="card">
      <header>
        <b>Log</b>
        ${job.startedAt === undefined ? "" : html`<span class="right">began ${moment(job.startedAt)}</span>`}
      </header>
      <pre class="log">${job.log === "" ? `${job.name}: ${job.state}` : job.log}</pre>
    </section>`;
}

function whatRan(
  store: SandboxStore,
  { path }: SandboxRepository,
  { state, commit, ref }: SandboxPipeline,
): Html {
  return html`<div class="meta">
    ${dot(toneOf(state))}<b>${state}</b> on <code class="branch">${ref}</code> at
    <a class="mono" href="${addressesOf(store.kind).commit(path, commit)}">${shortCommit(commit)}</a>
  </div>`;
}

export function checkRunPage(
  store: SandboxStore,
  { path }: SandboxRepository,
  { name, id, status, conclusion, title, summary, text, actions, commit }: SandboxCheckRun,
): Html {
  const state = conclusion ?? status;
  return html`<h1>${name} <span class="number">${id}</span></h1>
    <div class="meta">
      ${dot(toneOf(state))}<b>${state.replaceAll("_", " ")}</b> at
      <a class="mono" href="${addressesOf(store.kind).commit(path, commit)}">${shortCommit(commit)}</a>
    </div>
    <section class="card">
      <header><b>${title === "" ? "Output" : title}</b></header>
      <div class="text">${renderMarkdown(summary)}</div>
      ${text === "" ? "" : html`<div class="text">${renderMarkdown(text)}</div>`}
    </section>
    ${actions.map(({ label, description }) => html`<p><b>${label}</b>: ${description}</p>`)}`;
}
