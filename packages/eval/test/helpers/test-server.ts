import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly text: string;
}

/** What is sent: JSON of a value, or a status with a text of a type; null: nothing ever. */
export type Reply =
  | { readonly json: unknown; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string; readonly status?: number; readonly headers?: Readonly<Record<string, string>> }
  | null;

/** A server on the loopback interface, on any free port. */
export class TestServer {
  readonly seen: SeenRequest[] = [];
  reply: (request: SeenRequest) => Reply | Promise<Reply>;
  readonly #server: Server;
  #port = 0;

  private constructor(reply: TestServer["reply"]) {
    this.reply = reply;
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(reply: TestServer["reply"] = () => ({ text: "no such path", status: 404 })): Promise<TestServer> {
    const server = new TestServer(reply);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    server.#port = (server.#server.address() as AddressInfo).port;
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const { method = "", url: path = "", headers } = request;
    const seen = { method, path, headers, text };
    this.seen.push(seen);
    const reply = await this.reply(seen);
    if (reply === null) return;
    const isJson = "json" in reply;
    response.writeHead(reply.status ?? 200, {
      "content-type": isJson ? "application/json" : "text/plain",
      ...reply.headers,
    });
    response.end(isJson ? JSON.stringify(reply.json) : reply.text);
  }
}
