import { createServer, request } from "node:http";
import { randomFrom } from "./random.mjs";

/** What becomes of webhooks, and how often. */
const fates = { arrives: 62, lost: 8, refused: 5, twice: 9, late: 16 };

/**
 * Between the forges and Sluice: webhooks are lost, refused, sent twice and held back, so that later ones pass them.
 * `target` answers where Sluice listens.
 */
export async function startPost({ seed, target }) {
  const random = randomFrom(seed, "post");
  const counts = {};
  const waiting = new Set();
  let calm = false;
  const server = createServer((incoming, outgoing) => {
    const chunks = [];
    incoming.on("data", (chunk) => chunks.push(chunk));
    incoming.on("end", () => {
      const letter = { path: incoming.url, headers: incoming.headers, body: Buffer.concat(chunks) };
      const fate = calm ? "arrives" : random.weighted(fates);
      counts[fate] = (counts[fate] ?? 0) + 1;
      treat(fate, letter, outgoing);
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  function treat(fate, letter, outgoing) {
    const answer = (status) => outgoing.writeHead(status).end();
    const deliver = async () => forward(target(), letter);
    switch (fate) {
      case "lost":
        return answer(202);
      case "refused":
        return answer(502);
      case "late":
        later(random.between(200, 8000), deliver);
        return answer(202);
      case "twice":
        later(random.between(0, 6000), deliver);
    }
    deliver().then(answer, () => answer(502));
  }

  function later(milliseconds, act) {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      act().catch(() => undefined);
    }, milliseconds);
    waiting.add(timer);
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    counts,
    /** From now on everything arrives once. */
    calm: () => (calm = true),
    isIdle: () => waiting.size === 0,
    stop: async () => {
      for (const timer of waiting) clearTimeout(timer);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function forward(base, { path, headers, body }) {
  const { host, connection, ...kept } = headers;
  return new Promise((resolve, reject) => {
    const sent = request(`${base}${path}`, { method: "POST", headers: kept, timeout: 10_000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer")));
    sent.on("error", reject);
    sent.end(body);
  });
}
