import { contentTag, type Fault, type Seen } from "./fake-hub.ts";

/** What a client says of its download (`onDownload`). */
interface Told {
  readonly file: string;
  readonly loaded: number;
  readonly total: number;
}

/** How far a client has got with a file, as it says itself: what a server does next may wait for that, in the place of a time. */
export class Received {
  readonly #file: string;
  #missing = Infinity;
  #waiting: (() => void)[] = [];

  constructor(file: string) {
    this.#file = file;
  }

  /** Takes what the client says. The file is its last one: what is missing of all is missing of this one. */
  readonly tell = ({ file, loaded, total }: Told): void => {
    if (file !== this.#file) return;
    this.#missing = total - loaded;
    for (const wake of this.#waiting.splice(0)) wake();
  };

  /** Resolves once no more than so many bytes are missing, which may be never. */
  async until(missing: number): Promise<void> {
    while (this.#missing > missing) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** Sends the beginning of what was asked for, and cuts the connection once the client has it; `times` times. */
export function cutAfter(bytes: number, times: number, isMeant: (seen: Seen) => boolean, received: Received): Fault {
  let left = times;
  return (seen, response, content) => {
    if (content === null || seen.method !== "GET" || !isMeant(seen) || left === 0) return false;
    left -= 1;
    const from = Number(/^bytes=(\d+)-$/.exec(seen.headers.range ?? "")?.[1] ?? 0);
    const tag = contentTag(content);
    const isPart = from > 0;
    response.writeHead(isPart ? 206 : 200, {
      etag: tag,
      "content-length": content.length - from,
      ...(isPart && { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` }),
    });
    response.write(content.subarray(from, from + bytes));
    void received.until(content.length - from - bytes).then(() => response.destroy());
    return true;
  };
}
