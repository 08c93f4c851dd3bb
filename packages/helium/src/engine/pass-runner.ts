import type { Tensor } from "@helium-lm/tensor";
import type { StepInputs } from "@helium-lm/nn";
import type { EngineCounters } from "./engine-counters.ts";
import type { EngineModel } from "./engine-model.ts";
import type { EngineOptions } from "./engine-options.ts";
import { EngineStorage } from "./engine-storage.ts";
import { Lookahead } from "./lookahead.ts";
import { followOf, isStates, readOutputs, readStates } from "./outputs/read-outputs.ts";
import type { Output } from "./outputs/wanted.ts";
import type { PlannedStep } from "./plan-pass.ts";

/** Computes what is planned, in the memory that it has for it, and reads what is wanted of it. */
export class PassRunner {
  readonly storage: EngineStorage;
  readonly #model: EngineModel;
  readonly #counters: EngineCounters;
  readonly #lookahead: Lookahead;

  constructor(model: EngineModel, counters: EngineCounters, options: EngineOptions) {
    this.#model = model;
    this.#counters = counters;
    this.#lookahead = new Lookahead(
      { backend: model.backend, pass: (inputs) => this.#queue(inputs) },
      options.lookahead,
    );
    this.storage = new EngineStorage(model, options, this.#lookahead.keptPasses);
  }

  /**
   * What is wanted of the tokens that are looked at, in the order of the steps.
   *
   * @param isAlone no other text is under way: the device may go on before its token is read
   */
  async run(steps: readonly PlannedStep[], isAlone: boolean): Promise<readonly Output[]> {
    const before = performance.now();
    const outputs = (await this.#lookahead.next(steps)) ?? (await this.#compute(steps, isAlone));
    this.#lookahead.notePass(steps, performance.now() - before);
    return outputs;
  }

  async #compute(steps: readonly PlannedStep[], mayLookAhead: boolean): Promise<readonly Output[]> {
    const wanted = steps.flatMap(({ work, row, outputs }) => (outputs > 0 ? work.wantedOf(row) : []));
    const wantsStates = wanted.some(isStates);
    const inputs = this.storage.fill(steps, followOf(wanted));
    const result = this.#queue(inputs, wantsStates);
    const followed = inputs.takeFollowed();
    if (!result) {
      await this.#model.backend.synchronize();
      return [];
    }
    try {
      if (wantsStates) return await readStates(result, wanted, (states) => this.#model.project(states));
      // What was made of other logits, before somebody changed them, is not looked at.
      const made = followed?.logits === result ? followed.made : [];
      if (!mayLookAhead || made.length === 0 || !this.#lookahead.begin(inputs, steps))
        return await readOutputs(result, wanted, made);
      return (await this.#lookahead.next(steps)) ?? (await this.#compute(steps, false));
    } finally {
      for (const one of followed?.made ?? []) one.dispose();
      result.dispose();
    }
  }

  /** A pass, and what it gives: logits, or the states before them. */
  #queue(inputs: StepInputs, wantsStates = false): Tensor | null {
    const result = wantsStates ? this.#model.passStates(inputs) : this.#model.pass(inputs);
    this.#counters.countPass(inputs);
    return result;
  }
}
