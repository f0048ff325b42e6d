import type { IncomingMessage } from "node:http";

/** The refs that a push wants to change, read off its first packets; none for git's probe before a large push. */
export async function pushedRefs(incoming: IncomingMessage): Promise<readonly string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  const refs: string[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = Number.parseInt(body.toString("latin1", at, at + 4), 16);
    // A flush packet ends the list of commands.
    if (!(length > 4)) break;
    const [command = ""] = body.toString("utf8", at + 4, at + length).split("\0");
    const ref = command.trimEnd().split(" ")[2];
    if (ref !== undefined) refs.push(ref);
    at += length;
  }
  return refs;
}

/** The answer of a server whose pre-receive hook said no: `message` for people, one refusal a ref for git. */
export function refusal(refs: readonly string[], message: string): Buffer {
  const report = [
    packet("unpack ok\n"),
    ...refs.map((ref) => packet(`ng ${ref} pre-receive hook declined\n`)),
    Buffer.from("0000"),
  ];
  return Buffer.concat([
    packet(`\u0002${message}\n`),
    packet(Buffer.concat([Buffer.from([1]), ...report])),
    Buffer.from("0000"),
  ]);
}

function packet(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}
