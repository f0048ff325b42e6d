import type { SandboxForge } from "../sandbox.js";

/** What `GET /_sandbox/` says. */
export function controlHelp({ name, kind, url, apiUrl }: SandboxForge): string {
  const control = `${url}/_sandbox`;
  return `${name}: a ${kind === "github" ? "GitHub" : "GitLab"} in a box

pages  ${url}/
API    ${apiUrl}
git    ${url}/OWNER/NAME.git    any user name, a token as password

Users with their tokens, repositories, the app:
  curl ${control}/forge
  curl ${control}/users
  curl ${control}/repositories

People and repositories:
  curl ${control}/users -d '{"login":"ana"}'
  curl ${control}/repositories -d '{"path":"rpms/tally","owner":"maintainer","private":false}'
  curl ${control}/repositories/rename -d '{"repository":"rpms/tally","path":"rpms/sums"}'    another owner is a transfer
  curl ${control}/repositories/delete -d '{"repository":"rpms/sums"}'
  curl ${control}/members -d '{"repository":"rpms/tally","user":"ana","access":"write"}'

CI, for every commit from now on; "stepMilliseconds":"manual" waits for the second call:
  curl ${control}/ci -d '{"repository":"rpms/tally","stepMilliseconds":1000,"jobs":[{"name":"build","states":["pending","running","success"]}]}'
  curl ${control}/ci/step -d '{"repository":"rpms/tally"}'

Webhooks: hooks of a repository are made with the API, the app's address here; what was sent, and the same again:
  curl ${control}/app-webhook -d '{"url":"http://127.0.0.1:3000/webhooks/${name}"}'
  curl ${control}/deliveries
  curl -X POST ${control}/deliveries/ID/redeliver
  curl -X POST ${control}/settled        answers when nothing is under way

Faults:
  curl ${control}/faults -d '{"fault":"down"}'
  curl ${control}/faults -d '{"fault":"back"}'
  curl ${control}/faults -d '{"fault":"rate-limit","seconds":60}'
  curl ${control}/faults -d '{"fault":"reject-push","message":"The branch is frozen."}'
  curl ${control}/faults -d '{"fault":"lose-webhook"}'
  curl ${control}/faults -d '{"fault":"fail-request","method":"POST","path":"/statuses/","status":500}'
`;
}
