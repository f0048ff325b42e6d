// What runs of jest came to, from what `--json` writes.

/** More files than so many do not fail by chance. */
const mostByChance = 5;

/** The files that are worth a second try, of a run in which nothing else went wrong. */
export function filesToTryAgain(run) {
  const failed = run.testResults.filter(({ status }) => status === "failed").map(({ name }) => name);
  return failed.length <= mostByChance ? failed : [];
}

/** Each test counts once, as it ended in the last run of its file. `late`: the files that passed only then. */
export function figuresOf(first, second = { testResults: [] }) {
  const again = new Map(second.testResults.map((file) => [file.name, file]));
  const ended = first.testResults.map((file) => again.get(file.name) ?? file);
  return {
    passed: sum(ended.map(({ assertionResults }) => withStatus(assertionResults, "passed"))),
    failed: sum(ended.map(failuresOf)),
    late: second.testResults.filter(({ status }) => status === "passed").map(({ name }) => name),
  };
}

/** A file that cannot even be loaded, or breaks beside its tests, has no failed test of its own. */
function failuresOf({ status, assertionResults }) {
  const failed = withStatus(assertionResults, "failed");
  return status === "failed" ? Math.max(failed, 1) : failed;
}

function withStatus(tests, wanted) {
  return tests.filter(({ status }) => status === wanted).length;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
