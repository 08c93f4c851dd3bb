import {
  EngineHandle,
  EngineWorkerError,
  type HandleSink,
  type InferenceEngine,
  type WorkerRequest,
} from "@helium-lm/helium";
import { ServedModel, type ModelEntry } from "@helium-lm/serve";

/** An engine that does what a test says. */
export class FakeEngine {
  readonly model = { head: "sequence-classification" };
  readonly sinks: HandleSink[] = [];
  isDisposed = false;
  isDead = false;

  submit({ signal }: Pick<WorkerRequest, "signal">): EngineHandle {
    this.#checkLive();
    return new EngineHandle((sink) => {
      this.sinks.push(sink);
      signal?.addEventListener("abort", () => sink.fail(signal.reason));
      return (reason) => sink.fail(reason);
    });
  }

  async stats(): Promise<{ readonly pages: { readonly held: number; readonly cached: number } }> {
    this.#checkLive();
    return { pages: { held: this.sinks.length, cached: 0 } };
  }

  /** Ends as a worker does that is killed. */
  die(): void {
    this.isDead = true;
    for (const sink of this.sinks.splice(0)) sink.fail(death());
  }

  dispose(): void {
    this.isDisposed = true;
  }

  #checkLive(): void {
    if (this.isDead) throw death();
  }
}

const death = (): EngineWorkerError =>
  new EngineWorkerError("EngineWorker", "the worker stopped unexpectedly; create a new one");

export interface FakeModelSetup {
  readonly aliases?: readonly string[];
  /** How many loads fail. */
  readonly fails?: number;
  /** A load takes until then; default: a few milliseconds. */
  readonly loadable?: Promise<void>;
}

/** A model that does what its test says. */
export function fakeModel(
  id: string,
  { aliases = [], fails = 0, loadable }: FakeModelSetup = {},
): {
  readonly entry: ModelEntry;
  /** Those that were loaded. */
  readonly engines: FakeEngine[];
} {
  const engines: FakeEngine[] = [];
  let failures = fails;
  const card = {
    config: { maxPositionEmbeddings: 128, vocabSize: 10, eosTokenId: 0 },
    tokenizer: { eosTokenId: null },
    generationConfig: {},
  };
  return {
    engines,
    entry: {
      id,
      aliases,
      load: async () => {
        await (loadable ?? new Promise((resolve) => setTimeout(resolve, 5)));
        if (failures-- > 0) throw new Error("the disk is gone");
        const engine = new FakeEngine();
        engines.push(engine);
        return new ServedModel(id, card as never, engine as unknown as InferenceEngine, { kvTokens: 128 });
      },
    },
  };
}
