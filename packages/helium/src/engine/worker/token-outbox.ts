import { nextTurn } from "../../event-loop.ts";
import type { FromWorker, Message } from "./protocol.ts";

/**
 * Sends what is told of requests. The tokens of a pass cross as one message: each that is posted wakes the caller's thread, at
 * the cost of the one that computes.
 */
export class TokenOutbox {
  readonly #post: (message: Message<FromWorker>) => void;
  #tokens: FromWorker["tokens"]["tokens"][number][] = [];

  constructor(post: (message: Message<FromWorker>) => void) {
    this.#post = post;
  }

  /** A token, which waits for the others of its pass: until `flush`, or the next turn of the event loop. */
  add(token: FromWorker["tokens"]["tokens"][number]): void {
    if (this.#tokens.length === 0) void nextTurn().then(() => this.flush());
    this.#tokens.push(token);
  }

  /** Another message, behind the tokens that were added before. */
  send(message: Message<FromWorker>): void {
    this.flush();
    this.#post(message);
  }

  flush(): void {
    if (this.#tokens.length > 0) this.#post({ kind: "tokens", tokens: this.#tokens.splice(0) });
  }
}
