/** What a server is doing: loading its first models, answering, or finishing what it has begun. */
export type ServerPhase = "starting" | "ready" | "draining";

/** The phase of a server, and how many requests are in it. */
export class ServerState {
  #phase: ServerPhase;
  #requests = 0;
  #onIdle: (() => void)[] = [];

  constructor(phase: ServerPhase = "ready") {
    this.#phase = phase;
  }

  get phase(): ServerPhase {
    return this.#phase;
  }

  /** Requests whose answers are not finished. */
  get requests(): number {
    return this.#requests;
  }

  /** From draining there is no way back. */
  set phase(phase: ServerPhase) {
    if (this.#phase !== "draining") this.#phase = phase;
  }

  /** One more request. */
  enter(): void {
    this.#requests++;
  }

  leave(): void {
    this.#requests--;
    if (this.#requests === 0) for (const tell of this.#onIdle.splice(0)) tell();
  }

  /** Once there are no requests. */
  async idle(): Promise<void> {
    if (this.#requests > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }
}
