import { execa, execaSync } from "execa";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";

/** Whether hosts can be made here: it takes root's rights, and `ip`. */
export function canMakeHosts(): boolean {
  const name = `sluice-try-${process.pid}`;
  if (spawnSync("ip", ["netns", "add", name]).status !== 0) return false;
  spawnSync("ip", ["netns", "delete", name]);
  return true;
}

/** Copies between a port of this host and the same port elsewhere. */
const forwarder = `
  const net = require("node:net");
  const [from, to, ...ports] = process.argv.slice(1);
  const open = new Set();
  process.on("SIGUSR2", () => open.forEach((socket) => socket.destroy()));
  const ready = ports.map((port) => new Promise((resolve) => {
    net.createServer((near) => {
      const far = net.connect(Number(port), to);
      for (const [one, other] of [[near, far], [far, near]]) {
        open.add(one);
        one.on("error", () => other.destroy()).on("close", () => open.delete(one) && other.destroy()).pipe(other);
      }
    }).listen(Number(port), from, resolve);
  }));
  void Promise.all(ready).then(() => console.log("ready"));
`;

/** Another host: a network namespace, whose own 127.0.0.1 has these ports of ours as long as its cable is plugged in. */
export class Host {
  /** The command that starts another one there. */
  readonly within: readonly string[];
  readonly #name: string;
  readonly #cable: string;
  readonly #forwarder: ChildProcess;
  readonly #servers: readonly Lead[];

  private constructor(name: string, cable: string, ends: { forwarder: ChildProcess; servers: Lead[] }) {
    this.within = ["ip", "netns", "exec", name];
    this.#name = name;
    this.#cable = cable;
    this.#forwarder = ends.forwarder;
    this.#servers = ends.servers;
  }

  static async start(number: number, ports: readonly number[]): Promise<Host> {
    const [name, cable] = [`sluice-${process.pid}-${number}`, `slc${process.pid % 1e6}n${number}`];
    const network = `10.213.${(process.pid % 120) * 2 + number}`;
    const [ours, theirs] = [`${network}.1`, `${network}.2`];
    await ip(`netns add ${name}`);
    await ip(`link add ${cable} type veth peer name eth0 netns ${name}`);
    await ip(`address add ${ours}/30 dev ${cable}`);
    await ip(`link set ${cable} up`);
    await ip(`-n ${name} address add ${theirs}/30 dev eth0`);
    for (const device of ["eth0", "lo"]) await ip(`-n ${name} link set ${device} up`);
    const servers = await Promise.all(ports.map((port) => lead(port, ours)));
    const args = [process.execPath, "-e", forwarder, "127.0.0.1", ours, ...ports.map(String)];
    const child = spawn("ip", ["netns", "exec", name, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    await once(child.stdout, "data");
    return new Host(name, cable, { forwarder: child, servers });
  }

  /** Nothing arrives any more, nor does anybody hear that nothing does: not even what this process says next. */
  unplug(): void {
    execaSync("ip", ["link", "set", this.#cable, "down"]);
  }

  /** What hung is cut, as by a firewall that has forgotten it: TCP by itself would hang on for as long again. */
  async plugIn(): Promise<void> {
    await ip(`link set ${this.#cable} up`);
    this.#forwarder.kill("SIGUSR2");
  }

  async end(): Promise<void> {
    this.#forwarder.kill("SIGKILL");
    for (const { server, open } of this.#servers) {
      server.close();
      for (const socket of open) socket.destroy();
    }
    await ip(`link delete ${this.#cable}`);
    await ip(`netns delete ${this.#name}`);
  }
}

async function ip(command: string): Promise<void> {
  await execa("ip", command.split(" "));
}

interface Lead {
  readonly server: Server;
  readonly open: ReadonlySet<Socket>;
}

/** Leads what comes to this address to the same port of 127.0.0.1. */
async function lead(port: number, address: string): Promise<Lead> {
  const open = new Set<Socket>();
  const server = createServer((far) => {
    const near = connect(port, "127.0.0.1");
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(one);
      one.on("error", () => other.destroy()).on("close", () => open.delete(one) && other.destroy());
      one.pipe(other);
    }
  }).listen(port, address);
  await once(server, "listening");
  return { server, open };
}
