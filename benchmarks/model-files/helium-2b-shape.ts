import { Rng } from "@helium-lm/tensor";

/** The sizes of Helium-1 2B. */
export const helium2b = {
  layers: 24,
  hidden: 2560,
  heads: 20,
  headDim: 128,
  ffn: 7040,
  vocab: 48_000,
  context: 4096,
  ropeTheta: 100_000,
  normEps: 1e-8,
} as const;

export interface SyntheticTensor {
  /** Path in a safetensors checkpoint, and name in a GGUF file. */
  readonly path: string;
  readonly gguf: string;
  readonly shape: readonly number[];
  /** The same numbers each time. */
  readonly values: () => Float32Array;
}

/** Standard deviation of the matrices, as in a freshly initialised model. */
const DEVIATION = 0.02;

/** Every tensor of the checkpoint, in the order of the layers: matrices uniform around 0, norms around 1. */
export function* syntheticTensors(): Generator<SyntheticTensor> {
  const { layers, hidden: C, ffn: F, vocab: V } = helium2b;
  let seed = 0;
  const tensor = (path: string, gguf: string, ...shape: number[]): SyntheticTensor => {
    const own = ++seed;
    const [centre, width] = shape.length === 1 ? [1, 0.1] : [0, DEVIATION * Math.sqrt(12)];
    const values = () => {
      const size = shape.reduce((product, length) => product * length, 1);
      return uniform(new Float32Array(size), own, centre, width);
    };
    return { path, gguf, shape, values };
  };
  yield tensor("model.embed_tokens.weight", "token_embd.weight", V, C);
  for (let n = 0; n < layers; n++) {
    const [from, to] = [`model.layers.${n}`, `blk.${n}`];
    yield tensor(`${from}.input_layernorm.weight`, `${to}.attn_norm.weight`, C);
    yield tensor(`${from}.self_attn.q_proj.weight`, `${to}.attn_q.weight`, C, C);
    yield tensor(`${from}.self_attn.k_proj.weight`, `${to}.attn_k.weight`, C, C);
    yield tensor(`${from}.self_attn.v_proj.weight`, `${to}.attn_v.weight`, C, C);
    yield tensor(`${from}.self_attn.o_proj.weight`, `${to}.attn_output.weight`, C, C);
    yield tensor(`${from}.post_attention_layernorm.weight`, `${to}.ffn_norm.weight`, C);
    yield tensor(`${from}.mlp.gate_proj.weight`, `${to}.ffn_gate.weight`, F, C);
    yield tensor(`${from}.mlp.up_proj.weight`, `${to}.ffn_up.weight`, F, C);
    yield tensor(`${from}.mlp.down_proj.weight`, `${to}.ffn_down.weight`, C, F);
  }
  yield tensor("model.norm.weight", "output_norm.weight", C);
  yield tensor("lm_head.weight", "output.weight", V, C);
}

/** Fills with centre ± width / 2, 16 random bits a number. */
function uniform(out: Float32Array, seed: number, centre: number, width: number): Float32Array {
  const rng = new Rng(seed);
  const [step, first] = [width / 65_536, centre - width / 2];
  for (let i = 0; i < out.length; i += 2) {
    const bits = rng.bits();
    out[i] = first + step * (bits & 0xffff);
    out[i + 1] = first + step * (bits >>> 16);
  }
  return out;
}
