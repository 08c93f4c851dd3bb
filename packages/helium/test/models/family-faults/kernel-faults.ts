import type { Backend, Operand } from "@helium-lm/tensor";
import { arrayOf } from "@helium-lm/tensor/backends/host";
import { faultyKernel, type Fault } from "./fault.ts";

const narrowed = ({ handle, dtype, layout }: Operand, axis: number, start: number): Operand => ({
  handle,
  dtype,
  layout: {
    ...layout,
    shape: layout.shape.with(axis, 1),
    offset: layout.offset + start * (layout.strides[axis] ?? 0),
  },
});

const lengthOf = ({ layout }: Operand, axis: number): number => layout.shape[axis] ?? 0;
/** Every sequence of a call of attention has one new token. */
const isStep = ({ q, tables }: { readonly q: Operand; readonly tables: Operand }): boolean =>
  lengthOf(q, 0) === lengthOf(tables, 0);

/** Multiplies what a kernel wrote. */
function scaleOutput(backend: Backend, out: Operand, factor: number): void {
  const one = backend.alloc({ kind: "dense", dtype: "f32", length: 1 });
  const b: Operand = {
    handle: one,
    dtype: "f32",
    layout: { shape: out.layout.shape, strides: out.layout.shape.map(() => 0), offset: 0 },
  };
  backend.kernels.fill[0]!.run({ ...b, layout: { shape: [1], strides: [1], offset: 0 } }, {}, { value: factor });
  backend.kernels.binary[0]!.run(out, { a: out, b }, { op: "mul" });
  backend.release(one);
}

const sliding = { sliding_window: [3] };
/** Of the rows the suite draws. */
const LONGEST_ROW = 12;
let calls = 0;

/** Wrong kernels of the backend. */
export const kernelFaults: readonly Fault[] = [
  {
    name: "a window is one key wider",
    family: "mistral",
    foundBy: "windows",
    options: {
      values: sliding,
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        kernel(out, inputs, { ...params, window: params.window && params.window + 1 });
      }),
    },
  },
  {
    name: "a window is one key narrower",
    family: "mistral",
    foundBy: "windows",
    options: {
      values: sliding,
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        kernel(out, inputs, { ...params, window: params.window && params.window - 1 });
      }),
    },
  },
  {
    name: "single steps forget the window",
    family: "mistral",
    foundBy: "chunks",
    options: {
      values: sliding,
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        kernel(out, inputs, isStep(inputs) ? { ...params, window: null } : params);
      }),
    },
  },
  {
    name: "the causal rule is forgotten",
    family: "llama",
    foundBy: "windows",
    options: {
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        kernel(out, inputs, { ...params, causal: false });
      }),
    },
  },
  {
    name: "a single step does not see its own key",
    family: "helium",
    foundBy: "chunks",
    options: {
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        const { handle, layout } = inputs.lengths;
        const lengths = arrayOf(handle).subarray(layout.offset, layout.offset + lengthOf(inputs.lengths, 0));
        const given = [...lengths];
        if (isStep(inputs)) lengths.set(given.map((length) => Math.max(1, length - 1)));
        kernel(out, inputs, params);
        lengths.set(given);
      }),
    },
  },
  {
    name: "the padding mask is ignored",
    family: "helium",
    foundBy: "padding",
    options: {
      backend: faultyKernel("attention", (kernel) => (out, { mask: _, ...inputs }, params) => {
        kernel(out, inputs, params);
      }),
    },
  },
  {
    name: "query heads are tiled over the kv heads",
    family: "qwen2",
    foundBy: "formula",
    options: {
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        for (let h = 0; h < lengthOf(inputs.q, 1); h++) {
          const kv = h % lengthOf(inputs.keys, 1);
          kernel(
            narrowed(out, 1, h),
            {
              ...inputs,
              ...(inputs.mask && { mask: narrowed(inputs.mask, 1, h) }),
              q: narrowed(inputs.q, 1, h),
              keys: narrowed(inputs.keys, 1, kv),
              values: narrowed(inputs.values, 1, kv),
            },
            params,
          );
        }
      }),
    },
  },
  {
    name: "every row reads the pages of the first",
    family: "helium",
    foundBy: "batch",
    options: {
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        const { handle, dtype, layout } = inputs.tables;
        const tables = { handle, dtype, layout: { ...layout, strides: layout.strides.with(0, 0) } };
        kernel(out, { ...inputs, tables }, params);
      }),
    },
  },
  {
    name: "the cap on the scores is forgotten",
    family: "gemma2",
    foundBy: "formula",
    options: {
      values: { attn_logit_softcapping: [0.5] },
      backend: faultyKernel("attention", (kernel) => (out, inputs, params) => {
        kernel(out, inputs, { ...params, softcap: null });
      }),
    },
  },
  {
    name: "a single new key is not stored",
    family: "llama",
    foundBy: "chunks",
    options: {
      backend: faultyKernel("scatterRows", (kernel) => (out, inputs, params) => {
        if (lengthOf(inputs.slots, 0) !== 1) kernel(out, inputs, params);
      }),
    },
  },
  {
    name: "rotary pairs are the other ones",
    family: "helium",
    foundBy: "formula",
    options: {
      backend: faultyKernel("rope", (kernel) => (out, inputs, { pairing }) => {
        kernel(out, inputs, { pairing: pairing === "half" ? "interleaved" : "half" });
      }),
    },
  },
  {
    name: "rotary angles turn backwards in single steps",
    family: "glm",
    foundBy: "chunks",
    options: {
      backend: faultyKernel("rope", (kernel) => (out, { x, cos, sin, positions }, params) => {
        const turns = lengthOf(x, 0) === 1 ? { cos: sin, sin: cos } : { cos, sin };
        kernel(out, { x, positions, ...turns }, params);
      }),
    },
  },
  {
    name: "a matrix product rounds otherwise for several rows",
    family: "helium",
    foundBy: "batch",
    options: {
      backend: faultyKernel("linear", (kernel, backend) => (out, inputs, params) => {
        kernel(out, inputs, params);
        if (lengthOf(inputs.x, 0) > LONGEST_ROW) scaleOutput(backend, out, 1 + 2 ** -22);
      }),
    },
  },
  {
    name: "every fifth product rounds otherwise",
    family: "helium",
    foundBy: "chunks",
    options: {
      backend: faultyKernel("linear", (kernel, backend) => (out, inputs, params) => {
        kernel(out, inputs, params);
        if (++calls % 5 === 0) scaleOutput(backend, out, 1 + 2 ** -22);
      }),
    },
  },
  {
    name: "the bias is forgotten for a single row",
    family: "qwen2",
    foundBy: "chunks",
    options: {
      backend: faultyKernel("linear", (kernel) => (out, { x, weight, bias }, params) => {
        kernel(out, { x, weight, ...(bias && lengthOf(x, 0) > 1 && { bias }) }, params);
      }),
    },
  },
  {
    name: "norm weights lack their 1",
    family: "gemma3_text",
    foundBy: "formula",
    options: {
      backend: faultyKernel("rmsNorm", (kernel) => (out, inputs, params) => {
        kernel(out, inputs, { ...params, weightMode: "f32-mul" });
      }),
    },
  },
  {
    name: "the activation is another one",
    family: "granite",
    foundBy: "formula",
    options: {
      values: { hidden_act: ["gelu"] },
      backend: faultyKernel("gatedActivation", (kernel) => (out, inputs) => {
        kernel(out, inputs, { activation: "gelu_pytorch_tanh" });
      }),
    },
  },
  {
    name: "gate and up are swapped",
    family: "phi3",
    foundBy: "formula",
    options: {
      backend: faultyKernel("gatedActivation", (kernel) => (out, { gate, up }, params) => {
        kernel(out, { gate: up, up: gate }, params);
      }),
    },
  },
  {
    name: "pooling takes the first token",
    family: "llama",
    foundBy: "formula",
    options: {
      backend: faultyKernel("reduce", (kernel, backend) => (out, inputs, params) => {
        if (params.op === "argmax") backend.kernels.fill[0]!.run(out, {}, { value: 0 });
        else kernel(out, inputs, params);
      }),
    },
  },
  {
    name: "a storage is lost in each attention",
    family: "llama",
    foundBy: "shapes",
    options: {
      backend: faultyKernel("rope", (kernel, backend) => (out, inputs, params) => {
        backend.alloc({ kind: "dense", dtype: "f32", length: 1 });
        kernel(out, inputs, params);
      }),
    },
  },
];
