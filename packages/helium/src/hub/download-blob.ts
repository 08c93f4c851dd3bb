import { retrying, TransientFailure } from "@helium-lm/nn";
import { HubIntegrityError, HubUnavailableError } from "../errors.ts";
import type { HubHttp, OpenAnswer } from "./hub-http.ts";
import type { BlobInfo } from "./hub-listing.ts";
import type { Digest, PartialBlob } from "./hub-store.ts";

export interface BlobDownload {
  readonly http: HubHttp;
  /** The file, for messages. */
  readonly subject: string;
  readonly url: string;
  readonly blob: BlobInfo;
  readonly createDigest: (algorithm: "sha1" | "sha256") => Digest;
  /** Bytes that are there. */
  readonly onSize?: (bytes: number) => void;
}

/**
 * Fetches a file, from where an earlier attempt ended, and commits it once its bytes have the hash that the hub lists. A
 * file that has changed on the server, or does not have that hash after being continued, is fetched from the start.
 *
 * @throws HubIntegrityError for a wrong hash or length: nothing is kept then; HubError, the signal's reason: what came
 *   is kept for the next attempt
 */
export async function downloadBlob(partial: PartialBlob, download: BlobDownload): Promise<void> {
  const { blob, subject } = download;
  let isContinued = partial.size > 0;
  try {
    for (;;) {
      const hash = await new Transfer(partial, download).run();
      if (hash === blob.hash) break;
      if (!isContinued)
        throw new HubIntegrityError(
          subject,
          `has ${blob.algorithm} ${hash}, but the hub lists ${blob.hash}; download it again, over another network or mirror`,
          { given: hash, expected: blob.hash },
        );
      isContinued = false;
      await partial.restart(null);
    }
  } catch (error) {
    if (error instanceof HubIntegrityError) await partial.discard();
    throw error;
  }
  await partial.commit();
}

/** The way of one file from the hub into its partial file. */
class Transfer {
  readonly #partial: PartialBlob;
  readonly #download: BlobDownload;
  #digest: Digest;
  /** The most that was there at any time: what comes again is no progress. */
  #highest: number;

  constructor(partial: PartialBlob, download: BlobDownload) {
    this.#partial = partial;
    this.#download = download;
    this.#digest = this.#freshDigest();
    this.#highest = partial.size;
  }

  /** Fetches what is missing; gives the hash of all bytes. */
  async run(): Promise<string> {
    const { http, blob } = this.#download;
    if (this.#partial.size > blob.size) await this.#restart(null);
    for await (const chunk of this.#partial.chunks()) this.#digest.update(chunk);
    this.#download.onSize?.(this.#partial.size);
    await retrying(() => this.#attempt(), http.settings.retry, http.settings.signal);
    return this.#digest.finish();
  }

  async #attempt(): Promise<void> {
    const { http, subject, url, blob } = this.#download;
    const { size: from, validator } = this.#partial;
    if (from === blob.size && from > 0) return;
    const { sendsIfRange } = http.settings;
    const range = { range: `bytes=${from}-`, ...(sendsIfRange && validator !== null && { "if-range": validator }) };
    const answer = await http.open(subject, url, { "accept-encoding": "identity", ...(from > 0 && range) }, [416]);
    try {
      if (from === 0 || answer.response.status === 200) {
        this.#checkLength(answer.response);
        await this.#restart(strongTag(answer.response));
      } else if (!this.#continues(answer.response, from)) {
        await this.#restart(null);
        throw this.#again("changed on the hub while it was fetched");
      }
      await this.#take(answer);
    } finally {
      answer.cancel();
    }
  }

  async #take({ chunks }: OpenAnswer): Promise<void> {
    const { subject, blob, onSize } = this.#download;
    const before = this.#highest;
    try {
      for await (const chunk of chunks()) {
        if (this.#partial.size + chunk.length > blob.size)
          throw new HubIntegrityError(subject, `is longer than the ${blob.size} bytes that the hub lists`, {
            expected: blob.size,
          });
        this.#digest.update(chunk);
        await this.#partial.append(chunk);
        onSize?.(this.#partial.size);
        // The last chunks of a body may be there already, and come whatever the signal says.
        this.#download.http.settings.signal?.throwIfAborted();
      }
    } catch (failure) {
      if (!(failure instanceof TransientFailure)) throw failure;
      this.#highest = Math.max(this.#highest, this.#partial.size);
      throw new TransientFailure(failure.error, { hasProgressed: this.#highest > before });
    }
    if (this.#partial.size < blob.size) throw this.#again(`ended after ${this.#partial.size} of ${blob.size} bytes`);
  }

  #again(reason: string): TransientFailure {
    const hasProgressed = this.#partial.size > this.#highest;
    this.#highest = Math.max(this.#highest, this.#partial.size);
    const error = new HubUnavailableError(this.#download.subject, `${reason}, repeatedly; try again later`);
    return new TransientFailure(error, { hasProgressed });
  }

  /** Whether an answer to a range is the rest of what is there. */
  #continues(response: Response, from: number): boolean {
    const { headers, status } = response;
    const { validator } = this.#partial;
    const { size } = this.#download.blob;
    const tag = strongTag(response);
    const isSame = validator === null || tag === null || tag === validator;
    const encoding = headers.get("content-encoding") ?? "identity";
    const range = headers.get("content-range");
    // A page may read this header only where the server exposes it; the hash decides in the end.
    const isRest = range === null || range === `bytes ${from}-${size - 1}/${size}`;
    return status === 206 && isSame && isRest && encoding === "identity";
  }

  /** The length of a whole file, where it is known. */
  #checkLength({ headers, status }: Response): void {
    const { subject, blob } = this.#download;
    const length = headers.get("content-length");
    const isEncoded = (headers.get("content-encoding") ?? "identity") !== "identity";
    if (status === 200 && (length === null || isEncoded || Number(length) === blob.size)) return;
    const given = status === 200 ? `${length} bytes` : `status ${status}`;
    throw new HubIntegrityError(
      subject,
      `the server sends ${given}, but the hub lists ${blob.size} bytes; try again later`,
      {
        given,
        expected: blob.size,
      },
    );
  }

  async #restart(validator: string | null): Promise<void> {
    await this.#partial.restart(validator);
    this.#digest = this.#freshDigest();
  }

  #freshDigest(): Digest {
    return contentDigest(this.#download.createDigest, this.#download.blob);
  }
}

/** A digest that the bytes of a file go into; git's hash begins with their number. */
export function contentDigest(
  create: (algorithm: "sha1" | "sha256") => Digest,
  { algorithm, size }: Pick<BlobInfo, "algorithm" | "size">,
): Digest {
  if (algorithm === "sha256") return create("sha256");
  const digest = create("sha1");
  digest.update(new TextEncoder().encode(`blob ${size}\0`));
  return digest;
}

/** An entity tag that stands for exact bytes. */
function strongTag({ headers }: Response): string | null {
  const tag = headers.get("etag");
  return tag?.startsWith('"') ? tag : null;
}
