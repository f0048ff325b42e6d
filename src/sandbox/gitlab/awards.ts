import { z } from "zod";
import { mergeRequestOf, signedIn } from "./access.js";
import { awardObject } from "./entities/note.js";
import { notFound, unauthorized } from "./errors.js";
import { type Api, type Request, paged, pathNumber } from "./http.js";
import { noteOf } from "./notes.js";
import { parameters, text } from "./parameters.js";

export function awardRoutes(api: Api): void {
  const awards = "/projects/:id/merge_requests/:iid/notes/:note/award_emoji";
  api.get(awards, listAwards);
  api.post(awards, addAward);
  api.delete(`${awards}/:award`, removeAward);
}

function listAwards(c: Request) {
  const note = noteOf(c, mergeRequestOf(c));
  return c.json(paged(c, note.reactions).map((award) => awardObject(c.var.store, award, note)));
}

async function addAward(c: Request) {
  const { store, state } = c.var;
  const note = noteOf(c, mergeRequestOf(c));
  const user = signedIn(c);
  const { name } = await parameters(c, z.object({ name: text }));
  const awards = note.reactions;
  if (awards.some((one) => one.name === name && one.user.id === user.id)) {
    throw notFound('Award Emoji {:name=>["has already been taken"]}');
  }
  const award = { id: state.nextId(), name, user, at: store.now() };
  awards.push(award);
  return c.json(awardObject(store, award, note), 201);
}

function removeAward(c: Request) {
  const awards = noteOf(c, mergeRequestOf(c)).reactions;
  const user = signedIn(c);
  const index = awards.findIndex(({ id }) => id === pathNumber(c, "award"));
  if (index < 0) throw notFound();
  if (awards[index]?.user.id !== user.id) throw unauthorized();
  awards.splice(index, 1);
  return c.body(null, 204);
}
