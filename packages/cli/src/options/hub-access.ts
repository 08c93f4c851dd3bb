import type { HubOptions } from "@helium-lm/helium";
import type { CliIo } from "../terminal/cli-io.ts";
import { ProgressLine } from "../terminal/progress-line.ts";
import { printable } from "../terminal/style.ts";

/** How commands reach the hub: by the settings of the environment, with a line of progress and notices on stderr. */
export interface HubAccess {
  readonly options: HubOptions;
  /** Removes the line. */
  clear(): void;
}

export function hubAccess(
  io: Pick<CliIo, "stderr" | "env" | "signal">,
  { json }: { readonly json: boolean },
): HubAccess {
  const progress = new ProgressLine(io, { label: "fetching", quiet: json });
  return {
    options: {
      env: io.env,
      onDownload: ({ loaded, total }) => progress.show(loaded, total),
      onNotice: (notice) => {
        progress.clear();
        io.stderr.write(`${printable(notice)}\n`);
      },
      ...(io.signal && { signal: io.signal }),
    },
    clear: () => progress.clear(),
  };
}
