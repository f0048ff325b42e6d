import { createServer, request } from "node:http";

/**
 * What stands before a forge and lets everything pass until something is wrong: `refuse` breaks every connection, `hang`
 * answers nothing until it is over, `cut` lets the forge do what it was asked for and breaks the connection before the answer.
 */
export async function startFront(port) {
  const held = new Set();
  let trouble;
  const server = createServer((incoming, outgoing) => {
    if (trouble === "refuse") return void incoming.socket.destroy();
    if (trouble === "hang") return void held.add(incoming.socket);
    pass({ incoming, outgoing, isCut: () => trouble === "cut" && changes(incoming) });
  });
  let target;
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));

  function pass({ incoming, outgoing, isCut }) {
    const { method, url: path, headers } = incoming;
    const onward = request({ ...target, method, path, headers }, (answer) => {
      // The forge has done it by now.
      if (isCut()) {
        answer.resume();
        answer.once("end", () => incoming.socket.destroy());
        return;
      }
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on("error", () => incoming.socket.destroy());
    outgoing.on("close", () => onward.destroy());
    incoming.pipe(onward);
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    passTo: (forgePort) => (target = { hostname: "127.0.0.1", port: forgePort }),
    trouble: (kind) => {
      trouble = kind;
      if (kind === "refuse") server.closeAllConnections();
    },
    calm: () => {
      trouble = undefined;
      for (const socket of held) socket.destroy();
      held.clear();
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function changes({ method, url }) {
  return method !== "GET" && !url.endsWith("/git-upload-pack");
}
