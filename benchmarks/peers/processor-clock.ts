import { HeliumLmError } from "@helium-lm/tensor";
import type { Contender, Player } from "./player.ts";

/**
 * A contender whose seconds are processor time of all its threads: with one thread, what says most on a busy machine. The
 * tokens that `decode` reads before are counted too, unless they were there from the turn before.
 */
export function onProcessorClock(contender: Contender): Contender {
  return { ...contender, start: async (model) => clocked(await contender.start(model)) };
}

function clocked(player: Player): Player {
  const spent = (): number => {
    const seconds = player.processorSeconds?.() ?? NaN;
    if (Number.isFinite(seconds)) return seconds;
    throw new HeliumLmError("processor clock", "is known only of processes on Linux; leave out --clock");
  };
  const during = async (work: Promise<number>): Promise<number> => {
    const before = spent();
    await work;
    return spent() - before;
  };
  return {
    prefill: (tokens) => during(player.prefill(tokens)),
    decode: (context, steps) => during(player.decode(context, steps)),
    peakBytes: () => player.peakBytes(),
    close: () => player.close(),
  };
}
