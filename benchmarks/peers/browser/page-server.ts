import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize, sep } from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
};

const page = "<!doctype html><title>bench</title><input type=file id=model>";

export interface PageServer {
  readonly url: string;
  close(): void;
}

/**
 * A site on this machine with the two headers that make a page cross-origin isolated (shared memory, threads): an empty
 * page with a file input, and the files of some folders below it.
 *
 * @param mounts folder by first path segment
 */
export async function servePage(mounts: Readonly<Record<string, string>>): Promise<PageServer> {
  const server = createServer((request, response) => {
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    response.setHeader("Cross-Origin-Embedder-Policy", "require-corp");
    response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
    const [, mount = "", ...rest] = new URL(request.url ?? "/", "http://localhost").pathname.split("/");
    if (mount === "") {
      response.setHeader("Content-Type", "text/html");
      response.end(page);
      return;
    }
    const folder = Object.hasOwn(mounts, mount) ? mounts[mount] : undefined;
    const file = folder === undefined ? "" : normalize(join(folder, ...rest));
    if (folder === undefined || !file.startsWith(folder + sep) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader("Content-Type", types[extname(file)] ?? "application/octet-stream");
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}
