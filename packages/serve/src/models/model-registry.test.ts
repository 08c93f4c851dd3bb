import { describe, expect, it, vi } from "vitest";
import { fakeModel } from "../../test/fake-model.ts";
import { ModelRegistry } from "./model-registry.ts";

describe("a registry", () => {
  it("loads a model when it is first asked for, once for all who ask, by any of its names", async () => {
    const [a, b] = [fakeModel("a", { aliases: ["gpt-4o", "default"] }), fakeModel("b")];
    using registry = new ModelRegistry([a.entry, b.entry]);
    expect(registry.states.map(({ state }) => state)).toEqual(["unloaded", "unloaded"]);
    const leases = await Promise.all(
      ["a", "gpt-4o", "default", "", null, undefined].map((name) => registry.acquire(name)),
    );
    expect(new Set(leases.map(({ model }) => model)).size).toBe(1);
    expect([a.engines.length, b.engines.length]).toEqual([1, 0]);
    expect(registry.ids).toEqual(["a", "b"]);
  });

  it("does not know other names, those of objects included", async () => {
    using registry = new ModelRegistry([fakeModel("a").entry]);
    for (const name of ["c", "toString", "__proto__"])
      await expect(registry.acquire(name)).rejects.toMatchObject({ status: 404, code: "model_not_found" });
  });

  it("tries again after a load that failed", async () => {
    const { entry, engines } = fakeModel("a", { fails: 1 });
    const states: string[] = [];
    using registry = new ModelRegistry([entry], { onState: (_, state) => states.push(state) });
    await expect(registry.preload()).rejects.toThrow("the disk is gone");
    (await registry.acquire("a")).release();
    expect(engines.length).toBe(1);
    expect(states).toEqual(["loading", "failed", "loading", "loaded"]);
  });

  it("keeps a model as long as a request said, until it is freed", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { entry, engines } = fakeModel("a");
      using registry = new ModelRegistry([entry], { idleMs: 1000 });
      const use = async (ms?: number): Promise<void> => {
        if (ms !== undefined) registry.keep("a", ms);
        const asked = registry.acquire("a");
        await vi.advanceTimersByTimeAsync(10);
        (await asked).release();
      };
      await use(Infinity);
      await vi.advanceTimersByTimeAsync(10_000_000);
      await use();
      await vi.advanceTimersByTimeAsync(10_000_000);
      expect(engines[0]?.isDisposed).toBe(false);
      await use(2 ** 40);
      await vi.advanceTimersByTimeAsync(10);
      expect(engines[0]?.isDisposed).toBe(false);
      await use(0);
      await vi.advanceTimersByTimeAsync(1);
      expect(engines[0]?.isDisposed).toBe(true);
      await use();
      await vi.advanceTimersByTimeAsync(900);
      expect(engines[1]?.isDisposed).toBe(false);
      await vi.advanceTimersByTimeAsync(101);
      expect(engines[1]?.isDisposed).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it("frees a model that nobody used for a while, and not one in use", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { entry, engines } = fakeModel("a");
      using registry = new ModelRegistry([entry], { idleMs: 1000 });
      const loading = registry.acquire("a");
      await vi.advanceTimersByTimeAsync(10);
      const first = await loading;
      const second = await registry.acquire("a");
      first.release();
      first.release();
      await vi.advanceTimersByTimeAsync(5000);
      expect(engines[0]?.isDisposed).toBe(false);
      second.release();
      await vi.advanceTimersByTimeAsync(999);
      const third = await registry.acquire("a");
      await vi.advanceTimersByTimeAsync(5000);
      expect(engines[0]?.isDisposed).toBe(false);
      third.release();
      await vi.advanceTimersByTimeAsync(1001);
      expect(engines[0]?.isDisposed).toBe(true);
      expect(registry.states[0]).toMatchObject({ state: "unloaded", model: null });
      const again = registry.acquire("a");
      await vi.advanceTimersByTimeAsync(10);
      expect((await again).model.engine).toBe(engines[1]);
    } finally {
      vi.useRealTimers();
    }
  });

  it("replaces an engine that ended while nobody used it", async () => {
    const { entry, engines } = fakeModel("a");
    using registry = new ModelRegistry([entry]);
    (await registry.acquire("a")).release();
    engines[0]?.die();
    const { model } = await registry.acquire("a");
    expect(model.engine).toBe(engines[1]);
    expect(engines[0]?.isDisposed).toBe(true);
  });

  it("takes no more requests once it is disposed, and frees what was still being loaded", async () => {
    const { entry, engines } = fakeModel("a");
    const registry = new ModelRegistry([entry]);
    const asked = registry.acquire("a");
    registry.dispose();
    await expect(asked).rejects.toMatchObject({ status: 503 });
    await expect(registry.acquire("a")).rejects.toMatchObject({ status: 503 });
    expect(engines[0]?.isDisposed).toBe(true);
  });
});
