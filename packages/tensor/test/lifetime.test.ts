import { beforeEach, expect, test } from "vitest";
import {
  add,
  attention,
  configureDispatch,
  createBackend,
  DisposedError,
  keep,
  matmul,
  mul,
  reshape,
  rmsNorm,
  scope,
  Scope,
  ShapeError,
  sliceUpdate,
  softmax,
  tensor,
  transpose,
  zeros,
  type Backend,
  type Tensor,
} from "@helium-lm/tensor";

let backend: Backend;
beforeEach(async () => {
  backend = await createBackend("reference");
});

test("views share storage and keep it alive; the last dispose frees it", async () => {
  const x = tensor(backend, [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const t = transpose(x);
  x.dispose();
  x.dispose();
  expect(await t.toArray()).toEqual([
    [1, 4],
    [2, 5],
    [3, 6],
  ]);
  expect(backend.memory().handles).toBe(1);
  t.dispose();
  expect(backend.memory()).toMatchObject({ handles: 0, bytes: 0 });
});

test("use after dispose is a typed error that names the op and the tensor", () => {
  const x = zeros(backend, [2, 3]);
  x.dispose();
  expect(() => add(x, 1)).toThrow(DisposedError);
  expect(() => reshape(x, [6])).toThrow(/f32\[2, 3\] was disposed/);
});

test("scope frees everything but its result and what is kept, also when it throws", async () => {
  let kept: Tensor | undefined;
  const { y } = scope(() => {
    const x = tensor(backend, [1, 2, 3]);
    kept = keep(mul(x, 2));
    return { y: add(x, kept) };
  });
  expect(backend.memory().handles).toBe(2);
  expect(await y.toArray()).toEqual([3, 6, 9]);
  expect(() => scope(() => matmul(zeros(backend, [2, 3]), zeros(backend, [2, 3])))).toThrow(ShapeError);
  expect(backend.memory().handles).toBe(2);
  kept?.dispose();
  y.dispose();
  expect(backend.memory().handles).toBe(0);
});

test("a nested scope hands its result to the scope outside", () => {
  scope(() => {
    scope(() => zeros(backend, [4]));
    expect(backend.memory().handles).toBe(1);
  });
  expect(backend.memory().handles).toBe(0);
});

test("a Scope object spans promises", async () => {
  {
    using s = new Scope();
    const x = s.run(() => softmax(tensor(backend, [[1, 1]])));
    expect(await x.toArray()).toEqual([[0.5, 0.5]]);
    s.run(() => zeros(backend, [8]));
  }
  expect(backend.memory().handles).toBe(0);
});

test("a scope function that returns a promise is refused", () => {
  expect(() => scope(() => Promise.resolve(1))).toThrow(TypeError);
});

test("composed ops leave nothing behind", () => {
  const before = backend.memory().handles;
  scope(() => {
    const x = zeros(backend, [2, 4, 3, 8], "bf16");
    const w = zeros(backend, [8], "bf16");
    rmsNorm(x, w, { eps: 1e-8 });
    attention(x, x, x, { scale: 1 });
  });
  expect(backend.memory().handles).toBe(before);
});

test("sliceUpdate is seen by every view", async () => {
  const pool = zeros(backend, [2, 2]);
  const flat = reshape(pool, [4]);
  sliceUpdate(pool, tensor(backend, [[7]]), [1, 0]);
  expect(await flat.toArray()).toEqual([0, 0, 7, 0]);
});

test("the trace shows fallbacks and strict refuses them", () => {
  const seen: string[] = [];
  configureDispatch(backend, { onOp: ({ op, path }) => seen.push(`${op}:${path}`) });
  softmax(zeros(backend, [1, 2]));
  softmax(zeros(backend, [1, 2], "bf16"));
  expect(seen).toContain("softmax:kernel");
  expect(seen).toContain("softmax:composed");
  configureDispatch(backend, { strict: true });
  expect(() => softmax(zeros(backend, [1, 2], "bf16"))).toThrow(/softmax.*turn strict off/);
});

test("a result with a dispose of its own passes out of a scope with its tensors", async () => {
  const output = scope(() => {
    const x = tensor(backend, [1, 2]);
    return { x, dispose: () => x.dispose() };
  });
  expect(await output.x.toArray()).toEqual([1, 2]);
  output.dispose();
});
