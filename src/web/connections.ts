import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/**
 * Keeps a server from having more connections than so many. Where one too many comes, the one goes that has been silent or
 * has trickled its headers for the longest; those whose requests are being answered stay. So whoever holds connections
 * open for nothing loses them, and a forge always gets through.
 */
export function limitConnections(server: Server, most: number): void {
  /** No request is being answered on them; longest first. */
  const waiting = new Set<Socket>();
  let open = 0;
  server.on("connection", (socket: Socket) => {
    open += 1;
    waiting.add(socket);
    socket.once("close", () => {
      open -= 1;
      waiting.delete(socket);
    });
    const [longest] = waiting;
    if (open > most) longest?.destroy();
  });
  server.prependListener("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    waiting.delete(socket);
    response.once("close", () => {
      if (!socket.destroyed) waiting.add(socket);
    });
  });
}
