import { describe, expect, it, vi } from "vitest";
import { ByteSourceError } from "../../errors.ts";
import { retryAfterMs, retrying, TransientFailure } from "./retry.ts";

const failure = (more: Partial<TransientFailure> = {}): TransientFailure =>
  new TransientFailure(new ByteSourceError("x", "fails"), more);

describe("retrying", () => {
  it("gives up after so many failures in a row, with the last one's error", async () => {
    const action = vi.fn(() => Promise.reject(failure()));
    await expect(retrying(action, { attempts: 3, backoffMs: 0 })).rejects.toThrow("x: fails");
    expect(action).toHaveBeenCalledTimes(3);
  });

  it("counts anew after progress", async () => {
    let calls = 0;
    const action = async (): Promise<number> => {
      calls += 1;
      if (calls < 20) throw failure({ hasProgressed: true });
      return calls;
    };
    expect(await retrying(action, { attempts: 2, backoffMs: 0 })).toBe(20);
  });

  it("throws what no wait mends at once", async () => {
    const action = vi.fn(() => Promise.reject(new Error("broken")));
    await expect(retrying(action)).rejects.toThrow("broken");
    expect(action).toHaveBeenCalledTimes(1);
  });

  it("doubles its waits, and takes the server's", async () => {
    vi.useFakeTimers();
    const times: number[] = [];
    const start = Date.now();
    const waits = [null, null, 7000, null];
    const running = retrying(
      () => {
        times.push(Date.now() - start);
        return Promise.reject(failure({ waitMs: waits[times.length - 1] ?? null }));
      },
      { attempts: 5, backoffMs: 100 },
    );
    const outcome = expect(running).rejects.toThrow();
    await vi.runAllTimersAsync();
    await outcome;
    vi.useRealTimers();
    expect(times).toEqual([0, 100, 300, 7300, 8100]);
  });

  it("ends its wait at a signal", async () => {
    const stop = new AbortController();
    const running = retrying(() => Promise.reject(failure()), { backoffMs: 50_000 }, stop.signal);
    setTimeout(() => stop.abort(), 5);
    await expect(running).rejects.toMatchObject({ name: "AbortError" });
  });
});

it.each<[string | null, number | null]>([
  [null, null],
  ["3", 3000],
  ["Thu, 01 Jan 1970 00:00:12 GMT", 2000],
  ["Thu, 01 Jan 1970 00:00:01 GMT", 0],
  ["soon", null],
])("Retry-After %j is %j ms", (header, ms) => {
  expect(retryAfterMs(header, 10_000)).toBe(ms);
});
