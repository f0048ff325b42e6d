import { z } from "zod";
import type { SandboxRepository } from "../model.js";
import { readable, writable } from "./access.js";
import { labelObject } from "./entities/label.js";
import { conflict } from "./errors.js";
import { type Api, type Request, paged } from "./http.js";
import { parameters, text } from "./parameters.js";
import type { Label } from "./state.js";

export function labelRoutes(api: Api): void {
  api.get("/projects/:id/labels", listLabels);
  api.post("/projects/:id/labels", createLabel);
}

async function listLabels(c: Request) {
  const repository = readable(c);
  const { search } = await parameters(c, z.object({ search: text.default("") }));
  const found = c.var.state
    .labels(repository)
    .filter(({ name }) => name.toLowerCase().includes(search.toLowerCase()));
  return c.json(paged(c, found).map((label) => shown(c, repository, label)));
}

const newLabel = z.object({ name: text, color: text, description: text.optional() });

async function createLabel(c: Request) {
  const repository = writable(c);
  const { name, color, description } = await parameters(c, newLabel);
  if (c.var.state.labels(repository).some((label) => label.name === name))
    throw conflict("Label already exists");
  const label = c.var.state.label(repository, {
    name,
    color,
    ...(description === undefined ? {} : { description }),
  });
  return c.json(shown(c, repository, label), 201);
}

function shown(c: Request, repository: SandboxRepository, label: Label) {
  const open = c.var.store
    .mergeRequests(repository)
    .filter(({ state, labels }) => state === "open" && labels.includes(label.name));
  return labelObject(label, open.length);
}
