import { EngineHandle } from "../engine-handle.ts";

/** A request that begins once something else is there; until then it can be cancelled. */
export function submitLater(submit: () => Promise<EngineHandle>): EngineHandle {
  return new EngineHandle((sink) => {
    let begun: EngineHandle | null = null;
    let isCancelled = false;
    const relay = async (): Promise<void> => {
      try {
        begun = await submit();
        if (isCancelled) return begun.cancel();
        for await (const token of begun) sink.token(token, begun.stats);
        sink.end(await begun.result);
      } catch (error) {
        sink.fail(error);
      }
    };
    void relay();
    return (reason) => {
      isCancelled = true;
      if (begun) begun.cancel(reason);
      else sink.fail(reason);
    };
  });
}
