import { z } from "zod";
import type { SandboxComment, SandboxMergeRequest, SandboxUser } from "../model.js";
import { accessOf, mergeRequestOf, readable, signedIn } from "./access.js";
import { noteObject } from "./entities/note.js";
import { badRequest, forbidden, notFound } from "./errors.js";
import { type Api, type Request, paged, pathNumber } from "./http.js";
import { parameters, text } from "./parameters.js";
import { carryOut, extract } from "./quick-actions.js";
import type { SystemNote } from "./state.js";

const longestNote = 1_000_000;

export function noteRoutes(api: Api): void {
  const notes = "/projects/:id/merge_requests/:iid/notes";
  api.get(notes, listNotes);
  api.post(notes, createNote);
  api.get(`${notes}/:note`, showNote);
  api.put(`${notes}/:note`, editNote);
  api.delete(`${notes}/:note`, deleteNote);
}

const asked = z.object({
  order_by: z.enum(["created_at", "updated_at"]).default("created_at"),
  sort: z.enum(["asc", "desc"]).default("desc"),
  activity_filter: z.enum(["all_notes", "only_comments", "only_activity"]).default("all_notes"),
});

async function listNotes(c: Request) {
  signedIn(c);
  const mergeRequest = mergeRequestOf(c);
  const { order_by: by, sort, activity_filter: filter } = await parameters(c, asked);
  const key = by === "created_at" ? "createdAt" : "updatedAt";
  const found = notesOf(c, mergeRequest)
    .filter(({ system }) => filter === "all_notes" || system === (filter === "only_activity"))
    .sort((one, other) => one[key].localeCompare(other[key]) || inOrder(one, other));
  const ordered = sort === "asc" ? found : found.reverse();
  return c.json(paged(c, ordered).map((note) => noteObject(c.var.store, mergeRequest, note)));
}

/** Of notes of the same second, the one that was written first comes first. */
function inOrder(one: Note, other: Note): number {
  const place = (note: Note) => ("follows" in note ? note.follows : note.id);
  return place(one) - place(other) || one.id - other.id;
}

type Note = SandboxComment | SystemNote;

function notesOf(c: Request, mergeRequest: SandboxMergeRequest): Note[] {
  return [...c.var.store.comments(mergeRequest), ...c.var.state.extras(mergeRequest).systemNotes];
}

/** The note of the path, on the merge request of the path. */
export function noteOf(c: Request, mergeRequest: SandboxMergeRequest): SandboxComment {
  const note = notesOf(c, mergeRequest).find(({ id }) => id === pathNumber(c, "note"));
  if (note === undefined) throw notFound();
  return note;
}

function showNote(c: Request) {
  signedIn(c);
  const mergeRequest = mergeRequestOf(c);
  return c.json(noteObject(c.var.store, mergeRequest, noteOf(c, mergeRequest)));
}

const newNote = z.object({ body: text, merge_request_diff_head_sha: text.optional() });

async function createNote(c: Request) {
  const { store } = c.var;
  const mergeRequest = mergeRequestOf(c);
  const user = signedIn(c);
  const { body, merge_request_diff_head_sha: seenHead } = await parameters(c, newNote);
  check(body);
  const { text: rest, commands } = extract(body);
  const note = rest === "" ? undefined : store.addComment(mergeRequest, rest, user);
  const done = await carryOut({ ...c.var, user }, mergeRequest, commands, seenHead);
  return note === undefined ? commandsOnly(c, done) : c.json(noteObject(store, mergeRequest, note), 201);
}

/** A note of nothing but commands is none. */
function commandsOnly(c: Request, done: readonly string[]) {
  if (done.length === 0) throw badRequest('Note {:commands=>["Could not apply any command."]}');
  return c.json({ commands_changes: {}, summary: done }, 202);
}

function check(body: string): void {
  if (body.trim() === "") throw badRequest('Note {:note=>["can\'t be blank"]}');
  if (body.length > longestNote) {
    throw badRequest(`Note {:note=>["is too long (maximum is ${longestNote} characters)"]}`);
  }
}

async function editNote(c: Request) {
  const { store } = c.var;
  const mergeRequest = mergeRequestOf(c);
  const user = signedIn(c);
  const note = noteOf(c, mergeRequest);
  if (!mayChange(c, note, user)) throw forbidden();
  const { body } = await parameters(c, z.object({ body: text }));
  check(body);
  const { text: rest, commands } = extract(body);
  if (rest === "") store.deleteComment(note);
  else store.editComment(note, rest, user);
  const done = await carryOut({ ...c.var, user }, mergeRequest, commands);
  return rest === "" ? commandsOnly(c, done) : c.json(noteObject(store, mergeRequest, note));
}

function deleteNote(c: Request) {
  const mergeRequest = mergeRequestOf(c);
  const user = signedIn(c);
  const note = noteOf(c, mergeRequest);
  if (!mayChange(c, note, user)) throw forbidden();
  c.var.store.deleteComment(note);
  return c.body(null, 204);
}

/** Who wrote it, and maintainers; what the forge itself wrote stays. */
function mayChange(c: Request, { author, system }: SandboxComment, user: SandboxUser): boolean {
  return !system && (author.id === user.id || accessOf(c, readable(c)) === "admin");
}
