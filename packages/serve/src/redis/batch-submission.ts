import type { BatchOutcome } from "../batches/run-line.ts";
import { AnswerShelf } from "./answer-shelf.ts";
import type { LineQueues, ModelLine } from "./line-queues.ts";
import { internalsOf, type RedisConnection } from "./redis-connection.ts";

export interface SubmissionOptions {
  /** Name of the batch, the same whenever the same lines are submitted: what is in Redis by then is found again. */
  readonly batch: string;
  /** Lines that have no answer yet; no two of one custom_id. */
  readonly lines: Iterable<ModelLine> | AsyncIterable<ModelLine>;
  /** Keeps answers, each of which comes once. Only what it has kept is removed from Redis. */
  readonly keep: (outcomes: readonly BatchOutcome[]) => void | Promise<void>;
}

/** What of a batch is in Redis at a time, about. */
const WINDOW = { lines: 5000, bytes: 64 * 2 ** 20 } as const;

/** Lines that are put there at a time. */
const PIECE = 250;

/** The lines of a batch that are in Redis: put there, looked after, and taken from it with their answers. */
export class BatchSubmission {
  readonly #queues: LineQueues;
  readonly #shelf: AnswerShelf;
  readonly #keep: SubmissionOptions["keep"];
  readonly #source: AsyncIterator<ModelLine> | Iterator<ModelLine>;
  /** By custom_id those that have no answer yet. */
  readonly #open = new Map<string, { readonly entry: ModelLine; readonly bytes: number }>();
  #bytes = 0;
  #isRead = false;

  constructor(connection: RedisConnection, queues: LineQueues, { batch, lines, keep }: SubmissionOptions) {
    this.#queues = queues;
    this.#shelf = new AnswerShelf(internalsOf(connection).client, batch);
    this.#keep = keep;
    this.#source = Symbol.asyncIterator in lines ? lines[Symbol.asyncIterator]() : lines[Symbol.iterator]();
  }

  /** Every line has its answer, and it is kept. */
  get isDone(): boolean {
    return this.#isRead && this.#open.size === 0;
  }

  /** Models that have lines without an answer. */
  get models(): ReadonlySet<string> {
    return new Set([...this.#open.values()].map(({ entry }) => entry.model));
  }

  /** Puts lines into Redis while there is room, but for those that an earlier process has put there. */
  async refill(): Promise<void> {
    while (!this.#isRead && this.#open.size < WINDOW.lines && this.#bytes < WINDOW.bytes) {
      const piece: ModelLine[] = [];
      while (piece.length < PIECE && this.#bytes < WINDOW.bytes) {
        const next = await this.#source.next();
        if (next.done) {
          this.#isRead = true;
          break;
        }
        const { value } = next;
        const bytes = JSON.stringify(value.line).length;
        this.#bytes += bytes;
        this.#open.set(value.line.custom_id, { entry: value, bytes });
        piece.push(value);
      }
      await this.#add(piece);
    }
  }

  /** Puts those lines there again that Redis has forgotten. @returns how many */
  async restore(): Promise<number> {
    return this.#add([...this.#open.values()].map(({ entry }) => entry));
  }

  /** Takes the answers that have come. @returns whether there were any @throws what `keep` throws */
  async collect(): Promise<boolean> {
    const before = this.#open.size;
    for await (const page of this.#shelf.read()) {
      // Others are of lines that have been kept, or that are not read yet.
      const fresh = new Map(page.flatMap((each) => (this.#open.has(each.custom_id) ? [[each.custom_id, each]] : [])));
      if (fresh.size === 0) continue;
      await this.#keep([...fresh.values()]);
      for (const id of fresh.keys()) {
        this.#bytes -= this.#open.get(id)?.bytes ?? 0;
        this.#open.delete(id);
      }
      await this.#shelf.remove([...fresh.keys()]);
    }
    return this.#open.size < before;
  }

  /** Removes answers that came twice. */
  async tidy(): Promise<void> {
    await this.#shelf.clear();
  }

  async #add(lines: readonly ModelLine[]): Promise<number> {
    const missing = await this.#queues.forgotten(lines);
    await this.#queues.add(missing);
    return missing.length;
  }
}
