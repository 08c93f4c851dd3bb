import { shortRead } from "./byte-source.ts";
import { ByteSourceError } from "../../errors.ts";
import type { IdleTimer } from "./idle-timer.ts";

/**
 * Whether an answer of status 200 is a page of the server's own: development servers give one for every file that they do not
 * have.
 */
export const isPage = ({ status, headers }: Response): boolean =>
  status === 200 && /^\s*text\/html\b/i.test(headers.get("content-type") ?? "");

/** The error where a page came in place of weights. */
export const pageError = (name: string): ByteSourceError =>
  new ByteSourceError(
    name,
    "the server answered with a page (text/html), as development servers do for a file that is not there; check the address",
    { contentType: "text/html" },
  );

/** All bytes of an answer, which the browser may keep on disk. @throws ByteSourceError where some are missing */
export async function readWhole(response: Response, name: string, idle: IdleTimer): Promise<Blob> {
  const reader = response.body?.getReader();
  const parts: Blob[] = [];
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let [size, bytes] = [0, 0];
  for (;;) {
    const chunk = await reader?.read();
    if (chunk?.value === undefined) break;
    idle.touch();
    waiting.push(chunk.value);
    bytes += chunk.value.length;
    size += chunk.value.length;
    if (bytes < PART) continue;
    parts.push(new Blob(waiting));
    [waiting, bytes] = [[], 0];
  }
  // Of a compressed answer the length is that of what was sent.
  const length = response.headers.has("content-encoding") ? null : response.headers.get("content-length");
  if (length !== null && Number(length) !== size) throw shortRead(name, 0, Number(length), size);
  return new Blob([...parts, ...waiting]);
}

/** Bytes that wait in JavaScript's memory before they go into a blob. */
const PART = 2 ** 24;
