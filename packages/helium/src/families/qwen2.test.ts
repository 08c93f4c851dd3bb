import { expect, it } from "vitest";
import { DecoderConfig } from "../config/index.ts";

// Qwen2Config and Qwen3Config of transformers: no layer slides unless use_sliding_window keeps the window.
it.each(["qwen2", "qwen3"])("%s: layers slide from max_window_layers on, and none without a window", (model_type) => {
  const layers = (use_sliding_window: boolean): unknown =>
    DecoderConfig.fromJSON({ model_type, num_hidden_layers: 3, max_window_layers: 1, use_sliding_window }).toJSON()[
      "layer_types"
    ];
  expect(layers(true)).toEqual(["full_attention", "sliding_attention", "sliding_attention"]);
  expect(layers(false)).toEqual(["full_attention", "full_attention", "full_attention"]);
});
