/** A byte-level tokenizer.json of at most `size` tokens: three special ones, one merge, then ASCII characters. */
export function tinyTokenizer(size: number): { readonly tokenizer: string; readonly config: string } {
  const special = ["<unk>", "<s>", "</s>"];
  // The byte alphabet writes a space as Ġ and a newline as Ċ.
  const characters = ["Ġ", "Ċ", ...Array.from({ length: 94 }, (_, n) => String.fromCharCode(33 + n))];
  const merges = [["t", "h"]];
  const letters = [...new Set(["t", "h", ...characters])];
  const tokens = [...special, ...merges.map((pair) => pair.join("")), ...letters].slice(0, size);
  const tokenizer = {
    version: "1.0",
    added_tokens: special.map((content, id) => ({ id, content, special: true, normalized: false })),
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    decoder: { type: "ByteLevel" },
    model: { type: "BPE", vocab: Object.fromEntries(tokens.map((token, id) => [token, id])), merges },
  };
  const config = { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>" };
  return { tokenizer: JSON.stringify(tokenizer), config: JSON.stringify(config) };
}
