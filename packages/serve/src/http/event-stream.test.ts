import { expect, test, vi } from "vitest";
import { eventStream, type ServerEvent } from "./event-stream.ts";

/** One event, then another or a failure when the test says so. */
function stream(): {
  readonly events: AsyncIterable<ServerEvent>;
  readonly goOn: () => void;
  readonly fail: (error: Error) => void;
} {
  let goOn = (): void => undefined;
  let fail: (error: Error) => void = () => undefined;
  const later = new Promise<void>((resolve, reject) => {
    goOn = resolve;
    fail = reject;
  });
  later.catch(() => undefined);
  const events = (async function* (): AsyncGenerator<ServerEvent> {
    yield { data: "first" };
    await later;
    yield { data: "second" };
  })();
  return { events, goOn, fail };
}

test.each(["goOn", "fail"] as const)(
  "a client that leaves while the next event is awaited is no failure: %s",
  async (what) => {
    const { events, goOn, fail } = stream();
    const errors: unknown[] = [];
    let closed = 0;
    const response = await eventStream(events, {
      onClose: () => closed++,
      onError: (error) => {
        errors.push(error);
        return [];
      },
    });
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("data: first\n\n");
    const second = reader.read();
    // Until the next event is asked for.
    await new Promise((resolve) => setTimeout(resolve, 5));
    await reader.cancel();
    if (what === "goOn") goOn();
    else fail(new Error("the work ended"));
    expect((await second).done).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect([errors, closed]).toEqual([[], 1]);
  },
);

test("while nothing comes the connection is kept open by comments, and no event is lost or doubled", async () => {
  const { events, goOn } = stream();
  const response = await eventStream(events, { onClose: () => undefined, onError: () => [], keepAliveMs: 40 });
  const decoder = new TextDecoder();
  const came: string[] = [];
  for await (const part of response.body as ReadableStream<Uint8Array>) {
    came.push(decoder.decode(part));
    if (came.length === 4) goOn();
  }
  const comments = came.filter((part) => part === ": keep-alive\n\n");
  expect(came.slice(0, 4)).toEqual(["data: first\n\n", ...comments.slice(0, 3)]);
  expect(comments.length).toBeGreaterThanOrEqual(3);
  expect(came.filter((part) => part.startsWith("data"))).toEqual(["data: first\n\n", "data: second\n\n"]);
});

test("a stream that ended, or was left, says no more", async () => {
  vi.useFakeTimers();
  try {
    const options = { onClose: () => undefined, onError: () => [], keepAliveMs: 40 };
    const ended = stream();
    ended.goOn();
    await (await eventStream(ended.events, options)).text();
    const left = stream();
    const reader = ((await eventStream(left.events, options)).body as ReadableStream<Uint8Array>).getReader();
    await reader.read();
    const second = reader.read();
    await reader.cancel();
    await second;
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
