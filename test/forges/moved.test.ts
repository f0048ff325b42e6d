import { expect, it } from "@jest/globals";
import { Moved } from "../../src/domain/errors.js";
import { git } from "../../src/git/run.js";
import { describeForges } from "./contract.js";

describeForges((world) => {
  /** A repository with a merge request, under another name since. */
  async function renamed(path = "maintainer/renamed") {
    const repository = await world().repository();
    const mergeRequest = await world().mergeRequest(repository);
    world().box.store.renameRepository(repository.repository, path, world().maintainer);
    return { ...repository, mergeRequest, now: { ...repository.ref, path } };
  }

  it("finds a renamed repository by its old path, its new one and its id", async () => {
    const { ref, repository, now } = await renamed();
    const found = { ref: now, id: repository.id };
    expect(await world().forge.findRepository(ref)).toMatchObject(found);
    expect(await world().forge.findRepository(now)).toMatchObject(found);
    expect(await world().forge.findRepositoryWithId(repository.id, ref)).toMatchObject(found);
  });

  it("is found by its old path by who never saw it under that, too", async () => {
    const { ref, repository, now, mergeRequest } = await renamed("maintainer/renamed-before");
    expect(await world().adapter().findRepository(ref)).toMatchObject({ ref: now, id: repository.id });
    const asked = world().adapter().findMergeRequest(mergeRequest.ref);
    await expect(asked).rejects.toMatchObject({ name: "RetryLater", repository: ref });
  });

  it("reads and changes nothing under an old path", async () => {
    const { ref, mergeRequest } = await renamed("maintainer/renamed-again");
    const { forge } = world();
    const movedFrom = (asked: Promise<unknown>) =>
      expect(asked).rejects.toMatchObject({ name: "RetryLater", repository: ref });
    await movedFrom(forge.findMergeRequest(mergeRequest.ref));
    await movedFrom(forge.findBranch(ref, "main"));
    await movedFrom(forge.updateMergeRequest(mergeRequest.ref, { title: "Another title" }));
    await movedFrom(forge.ensureComment(mergeRequest.ref, { topic: "mirror", text: "Hello." }));
    expect(
      world().comments({
        ...mergeRequest,
        ref: { ...mergeRequest.ref, repository: { ...ref, path: "maintainer/renamed-again" } },
      }),
    ).toEqual([]);
    expect(new Moved(ref)).toMatchObject({ repository: ref });
  });

  it("tells of which repository a merge request is, however that is called", async () => {
    const { mergeRequest, repository, now } = await renamed("elsewhere/moved");
    expect(mergeRequest.repositoryId).toBe(repository.id);
    const { number } = mergeRequest.ref;
    const found = await world().forge.findMergeRequest({ repository: now, number });
    expect(found).toMatchObject({ repositoryId: repository.id, ref: { repository: now } });
  });

  it("does not take a new repository under an old name for the renamed one", async () => {
    const { ref, repository, now } = await renamed("maintainer/first");
    const owner = world().maintainer;
    const second = await world().box.store.createRepository({ path: ref.path, owner, private: false });
    world().box.store.setMember(second, world().ourselves, "write");

    expect(await world().forge.findRepository(ref)).toMatchObject({ ref, id: second.id });
    expect(await world().forge.findRepositoryWithId(repository.id, ref)).toMatchObject({ ref: now });
    expect(await world().forge.findMergeRequest({ repository: ref, number: 1 })).toBeUndefined();
  });

  it("finds a deleted repository neither by path nor by id", async () => {
    const { ref, repository } = await world().repository();
    world().box.store.deleteRepository(repository, world().maintainer);
    expect(await world().forge.findRepository(ref)).toBeUndefined();
    expect(await world().forge.findRepositoryWithId(repository.id, ref)).toBeUndefined();
  });

  it("leads git from the old path to the repository", async () => {
    const { ref, repository } = await renamed("maintainer/for-git");
    const { url } = await world().forge.gitRemote(ref);
    const { stdout } = await git(["ls-remote", url, "refs/heads/main"]);
    expect(stdout.toString()).toContain(await world().box.store.branch(repository, "main"));
  });
});
