/** An event of a stream of server-sent events. */
export interface ServerEvent {
  /** Its name; none in OpenAI's streams of completions. */
  readonly event?: string;
  /** A value that is written as JSON, or a text as it is. */
  readonly data: unknown;
}

export interface EventStreamOptions {
  /** Ends the work behind the stream; called when the client leaves, and at the end. */
  readonly onClose: () => void;
  /** Events that tell of an error in the middle of a stream, the last ones of it. */
  readonly onError: (error: unknown) => readonly ServerEvent[];
  /** Lines of another form than server-sent events, such as newline-delimited JSON. */
  readonly encode?: (event: ServerEvent) => string;
  readonly contentType?: string;
  /** Between two comments that keep an idle connection open, where the form has comments. */
  readonly keepAliveMs?: number;
  /** How long the response waits for its first event, so that an early failure has its own status. */
  readonly firstEventMs?: number;
}

const KEEP_ALIVE_MS = 15_000;
const FIRST_EVENT_MS = 10_000;

/** `event: …` and `data: …`, with an empty line behind them. */
export const serverSentEvent = ({ event, data }: ServerEvent): string => {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`;
};

/** A value and a line break. */
export const jsonLine = ({ data }: ServerEvent): string => `${JSON.stringify(data)}\n`;

/**
 * A response that streams events as they come. It is given once the first event is there, or after a while without one: what
 * fails before is thrown, with a status of its own.
 */
export async function eventStream(
  events: AsyncIterable<ServerEvent>,
  {
    onClose,
    onError,
    encode = serverSentEvent,
    contentType = "text/event-stream; charset=utf-8",
    keepAliveMs = KEEP_ALIVE_MS,
    firstEventMs = FIRST_EVENT_MS,
  }: EventStreamOptions,
): Promise<Response> {
  const reader = events[Symbol.asyncIterator]();
  let next: Promise<IteratorResult<ServerEvent>> | null = reader.next();
  try {
    await within(next, firstEventMs);
  } catch (error) {
    onClose();
    throw error;
  }
  const encoder = new TextEncoder();
  const comments = encode === serverSentEvent ? new Comments(keepAliveMs) : null;
  let isLeft = false;
  const end = (): void => {
    comments?.stop();
    onClose();
  };
  const close = (): void => {
    isLeft = true;
    end();
    // A client that left: whatever the work says to its end is not heard.
    void reader.return?.()?.catch(() => undefined);
  };
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const write = (text: string): void => controller.enqueue(encoder.encode(text));
        try {
          const asked = next ?? reader.next();
          next = null;
          comments?.wait(() => write(": keep-alive\n\n"));
          const result = await asked;
          comments?.rest();
          if (isLeft) return;
          if (result.done !== true) {
            write(encode(result.value));
            return;
          }
        } catch (error) {
          if (isLeft) return;
          for (const event of onError(error)) write(encode(event));
        }
        end();
        controller.close();
      },
      cancel: close,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: { "content-type": contentType, "cache-control": "no-cache", "x-accel-buffering": "no" },
  });
}

/** Says something where nothing was said for a while: one timer for a stream, since one for each event costs as much as it. */
class Comments {
  readonly #ms: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #since = 0;
  #say: (() => void) | null = null;

  /** @param ms longest silence */
  constructor(ms: number) {
    this.#ms = ms;
  }

  /** The next event is awaited. */
  wait(say: () => void): void {
    this.#say = say;
    this.#since = performance.now();
    this.#timer ??= setInterval(() => this.#look(), this.#ms / 2);
  }

  /** It is there. */
  rest(): void {
    this.#say = null;
  }

  stop(): void {
    this.rest();
    clearInterval(this.#timer);
  }

  #look(): void {
    if (!this.#say || performance.now() - this.#since < this.#ms / 2) return;
    this.#say();
    this.#since = performance.now();
  }
}

/** What the promise gives, or null after so many milliseconds without it. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
