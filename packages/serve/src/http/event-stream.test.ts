import { expect, test } from "vitest";
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
