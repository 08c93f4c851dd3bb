import { bytesSource, ShardedSafetensors } from "@helium-lm/nn";
import { fixturePath } from "../../fixtures.ts";
import { safetensorsBytes } from "./safetensors.ts";
import { jsonInputs, jsonOf, orRefused, readTensors, textOf, utf8, type FuzzTarget } from "./target.ts";
import { shardsIn } from "@helium-lm/helium/hub/hub-repo";

/** A shard of the smallest tensors. */
function shard(...names: string[]): Uint8Array {
  const header = Object.fromEntries(
    names.map((name, n) => [name, { dtype: "U8", shape: [1], data_offsets: [n, n + 1] }]),
  );
  return safetensorsBytes(utf8.encode(JSON.stringify(header)), new Uint8Array(names.length));
}

/** The index of the shards of a checkpoint, as the reader and as the downloader of the shards take it. */
export function indexTarget(): FuzzTarget {
  const [first, second] = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"] as const;
  const shards = new Map<string, Uint8Array>([
    [first, shard("model.a.weight", "model.b.weight")],
    [second, shard("model.c.weight")],
  ]);
  const small = {
    metadata: { total_size: 3 },
    weight_map: { "model.a.weight": first, "model.b.weight": first, "model.c.weight": second },
  };
  const real = jsonOf(fixturePath("models/helium-sharded/causal/model.safetensors.index.json"));
  return {
    ...jsonInputs([small, small, small, real]),
    read: async (input) => {
      const openShard = async (name: string): Promise<ReturnType<typeof bytesSource>> => {
        if (/[/\\]|\.\./.test(name)) throw new Error(`the index led to ${JSON.stringify(name)}`);
        return bytesSource(shards.get(name) ?? new Uint8Array(0), name);
      };
      const text = textOf(input);
      await orRefused(() => shardsIn("x", text));
      await readTensors(await ShardedSafetensors.open(text, openShard));
    },
  };
}
