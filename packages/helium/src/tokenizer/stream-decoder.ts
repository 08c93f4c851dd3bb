import type { TokenSink } from "./decoders/decoder.ts";
import type { DecodeOptions } from "./options.ts";
import type { Pipeline } from "./pipeline.ts";

/** Turns ids into text one by one, as a generation makes them. */
export interface StreamDecoder {
  /**
   * The text that this id adds: often empty, since text is held back while later ids could still change it. A run of
   * byte pieces comes out when an ordinary token ends it. A character is never split.
   */
  push(id: number): string;
  /** The text that is still held back. The decoder is then ready for a new sequence. */
  flush(): string;
}

/**
 * A stream decoder whose texts join to exactly what `decode` gives for all ids together.
 * `checkId` throws for what is not an id.
 */
export const createStreamDecoder = (
  pipeline: Pipeline,
  options: Pick<DecodeOptions, "skipSpecialTokens">,
  checkId: (id: number) => number,
): StreamDecoder => {
  const skipSpecialTokens = options.skipSpecialTokens ?? false;
  let text = "";
  const open = (): TokenSink =>
    pipeline.decodingSink((part) => {
      text += part;
    });
  let sink = open();
  const take = (): string => {
    const taken = text;
    text = "";
    return taken;
  };
  return {
    push: (id) => {
      const token = pipeline.decodable(checkId(id), skipSpecialTokens);
      if (token === undefined) return "";
      sink.write(token);
      sink.end();
      return take();
    },
    flush: () => {
      sink.close();
      sink = open();
      return take();
    },
  };
};

/**
 * A decoder that has read the ids `before`, without their text: `length` characters, of which the last may still be held
 * back. `flush` ends the sequence, and the decoder then begins a new one without them.
 */
export const continuingDecoder = (decoder: StreamDecoder, before: ArrayLike<number>, length: number): StreamDecoder => {
  let left = length;
  for (let index = 0; index < before.length; index++) left -= decoder.push(before[index] as number).length;
  const withoutRest = (text: string): string => {
    const skipped = Math.min(left, text.length);
    left -= skipped;
    return text.slice(skipped);
  };
  return {
    push: (id) => withoutRest(decoder.push(id)),
    flush: () => {
      const text = withoutRest(decoder.flush());
      left = 0;
      return text;
    },
  };
};
