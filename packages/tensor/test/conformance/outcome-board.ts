import type { Outcome } from "@helium-lm/tensor/conformance/report";

interface Slot {
  readonly outcome: Promise<Outcome>;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

/** Outcomes by op and title, for whoever waits for them. */
export class OutcomeBoard {
  readonly #slots = new Map<string, Slot>();
  #closed: ((slot: Slot) => void) | null = null;

  get(op: string, title: string): Promise<Outcome> {
    return this.#slot(`${op} ${title}`).outcome;
  }

  post(outcome: Outcome): void {
    this.#slot(`${outcome.op} ${outcome.title}`).resolve(outcome);
  }

  /** Nothing more will come. */
  close(error: unknown): void {
    this.#closed = ({ reject }) => reject(error);
    this.#slots.forEach(this.#closed);
  }

  #slot(key: string): Slot {
    const known = this.#slots.get(key);
    if (known) return known;
    let settle: Omit<Slot, "outcome"> | undefined;
    const outcome = new Promise<Outcome>((resolve, reject) => {
      settle = { resolve, reject };
    });
    // A test that fails for another reason may never ask.
    outcome.catch(() => undefined);
    const slot: Slot = { outcome, ...settle! };
    this.#closed?.(slot);
    this.#slots.set(key, slot);
    return slot;
  }
}
