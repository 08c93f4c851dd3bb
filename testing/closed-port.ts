import { once } from "node:events";
import { createConnection, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/**
 * A port of 127.0.0.1 at which nobody listens. A connection of ours begins there, so that nobody else is given it meanwhile, as
 * may happen to that of a server that was closed.
 */
export class ClosedPort implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #ends: readonly Socket[];

  private constructor(port: number, server: Server, ends: readonly Socket[]) {
    this.port = port;
    this.#server = server;
    this.#ends = ends;
  }

  static async take(): Promise<ClosedPort> {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const accepted = once(server, "connection");
    const near = createConnection((server.address() as AddressInfo).port, "127.0.0.1");
    const [far] = (await accepted) as [Socket];
    return new ClosedPort(far.remotePort ?? 0, server, [near, far]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const end of this.#ends) end.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}
