import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, createServer } from "node:http";
import type { AddressInfo } from "node:net";

export type Listener = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

export interface Listening {
  readonly url: string;
  /** Who answers; the address has to be known before there is anybody. */
  answerWith(listener: Listener): void;
  close(): Promise<void>;
}

/** Listens on this machine alone; port 0 is a free one. */
export async function listen(port: number): Promise<Listening> {
  const server = createServer();
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${actual}`,
    answerWith: (listener) => void server.on("request", listener),
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
