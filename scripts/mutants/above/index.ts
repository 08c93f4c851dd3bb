import type { Area } from "./area.ts";
import { cache } from "./cache.ts";
import { cli } from "./cli.ts";
import { config } from "./config.ts";
import { constraints } from "./constraints.ts";
import { engine } from "./engine/index.ts";
import { generation } from "./generation.ts";
import { heads } from "./heads.ts";
import { hub } from "./hub.ts";
import { layers } from "./layers.ts";
import { grammars } from "./grammars.ts";
import { metrics } from "./metrics.ts";
import { processors } from "./processors.ts";
import { readers } from "./readers/index.ts";
import { recording } from "./recording.ts";
import { rope } from "./rope.ts";
import { speculation } from "./speculation.ts";
import { templates } from "./templates.ts";
import { tokenizer } from "./tokenizer/index.ts";
import { weights } from "./weights.ts";

/** Every bug planted above the kernels, by part of the library. */
export const areas: readonly Area[] = [
  recording,
  rope,
  layers,
  cache,
  engine,
  weights,
  readers,
  config,
  heads,
  processors,
  constraints,
  generation,
  speculation,
  tokenizer,
  templates,
  hub,
  metrics,
  grammars,
  cli,
];
