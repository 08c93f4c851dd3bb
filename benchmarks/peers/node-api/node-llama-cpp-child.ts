import { importPeer } from "../installed.ts";
import { promptToken } from "../player.ts";
import { serveLines } from "../serve-lines.ts";

/** What is called of node-llama-cpp. */
interface Sequence {
  readonly nextTokenIndex: number;
  clearHistory(): Promise<void>;
  eraseContextTokenRanges(ranges: { start: number; end: number }[]): Promise<void>;
  evaluateWithoutGeneratingNewTokens(tokens: number[]): Promise<void>;
  evaluate(tokens: number[], options: { temperature: number; yieldEogToken: boolean }): AsyncGenerator<number>;
}
interface Library {
  getLlama(options: object): Promise<{
    loadModel(options: object): Promise<{
      createContext(options: object): Promise<{ getSequence(): Sequence }>;
    }>;
  }>;
}

const [path = "", threads, context, vocab] = process.argv.slice(2);

await serveLines(async () => {
  const library = await importPeer<Library>("node-llama-cpp", "dist/index.js");
  const llama = await library.getLlama({ gpu: false, build: "never", logLevel: "error", maxThreads: Number(threads) });
  const model = await llama.loadModel({ modelPath: path });
  const created = await model.createContext({
    contextSize: Number(context),
    batchSize: 512,
    threads: { ideal: Number(threads), min: Number(threads) },
  });
  const sequence = created.getSequence();
  const prompt = (from: number, to: number): number[] =>
    Array.from({ length: to - from }, (_, i) => promptToken(from + i, Number(vocab)));

  /** Reads tokens and gives as many more, each the likeliest. */
  const generate = async (tokens: number[], count: number): Promise<void> => {
    let left = count;
    for await (const _ of sequence.evaluate(tokens, { temperature: 0, yieldEogToken: true })) if (--left === 0) break;
  };

  return {
    prefill: async (tokens) => {
      await sequence.clearHistory();
      const start = performance.now();
      await generate(prompt(0, tokens), 1);
      return (performance.now() - start) / 1000;
    },
    decode: async (length, steps) => {
      if (sequence.nextTokenIndex > length)
        await sequence.eraseContextTokenRanges([{ start: length, end: sequence.nextTokenIndex }]);
      const held = sequence.nextTokenIndex;
      if (held < length) await sequence.evaluateWithoutGeneratingNewTokens(prompt(held, length));
      const start = performance.now();
      await generate([promptToken(length, Number(vocab))], steps);
      return (performance.now() - start) / 1000;
    },
  };
});
