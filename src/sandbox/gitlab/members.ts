import { z } from "zod";
import type { SandboxAccess, SandboxUser } from "../model.js";
import { administrable, readable } from "./access.js";
import { accessLevel, member } from "./entities/project.js";
import { conflict, malformed, notFound } from "./errors.js";
import { type Api, type Request, paged, pathNumber } from "./http.js";
import { integer, parameters } from "./parameters.js";

export function memberRoutes(api: Api): void {
  const members = "/projects/:id/members";
  api.get(members, listMembers);
  api.get(`${members}/all`, listMembers);
  api.get(`${members}/all/:user`, showMember);
  api.get(`${members}/:user`, showMember);
  api.post(members, addMember);
  api.put(`${members}/:user`, editMember);
}

// Groups have no members of their own in the sandbox, so nobody's membership is inherited.
function listMembers(c: Request) {
  const repository = readable(c);
  const found = c.var.store.users().filter((user) => accessLevel(repository, user) !== undefined);
  return c.json(paged(c, found).map((user) => shown(c, user)));
}

function showMember(c: Request) {
  readable(c);
  return c.json(shown(c, userOf(c)));
}

function userOf(c: Request): SandboxUser {
  const user = c.var.store.userById(pathNumber(c, "user"));
  if (user === undefined) throw notFound();
  return user;
}

function shown(c: Request, user: SandboxUser) {
  const repository = readable(c);
  const level = accessLevel(repository, user);
  if (level === undefined) throw notFound();
  return member(c.var.store, { user, level, repository });
}

async function addMember(c: Request) {
  const repository = administrable(c);
  const wanted = await parameters(c, z.object({ user_id: integer, access_level: integer }));
  const user = c.var.store.userById(wanted.user_id);
  if (user === undefined) throw notFound("User");
  if (accessLevel(repository, user) !== undefined) throw conflict("Member already exists");
  c.var.store.setMember(repository, user, accessOfLevel(wanted.access_level));
  return c.json(shown(c, user), 201);
}

async function editMember(c: Request) {
  const repository = administrable(c);
  const user = userOf(c);
  shown(c, user);
  const wanted = await parameters(c, z.object({ access_level: integer }));
  c.var.store.setMember(repository, user, accessOfLevel(wanted.access_level));
  return c.json(shown(c, user));
}

const levels = [10, 15, 20, 25, 30, 40, 50];

function accessOfLevel(level: number): SandboxAccess {
  if (!levels.includes(level)) throw malformed("access_level does not have a valid value");
  if (level >= 40) return "admin";
  return level >= 30 ? "write" : "read";
}
