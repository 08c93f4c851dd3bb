import { BackendError } from "../errors.ts";

/** No worker starts here: the page, the process or its owner forbids it. */
export class WorkersRefusedError extends BackendError {
  /** @param said the platform's own words */
  constructor(said: string, cause?: unknown) {
    const reason = said.replace(/\.$/, "");
    super(
      "wasm",
      `no worker starts here (${reason}); allow workers, or run with threads: 1`,
      { option: "threads", reason },
      cause === undefined ? {} : { cause },
    );
  }
}
