import { chat } from "./chat.ts";
import { classify } from "./classify.ts";
import type { Command } from "../command.ts";
import { convert } from "./convert.ts";
import { evaluation } from "./eval/eval.ts";
import { generate } from "./generate.ts";
import { inspect } from "./inspect.ts";
import { models } from "./models.ts";
import { parity } from "./parity.ts";
import { pull } from "./pull.ts";
import { quantize } from "./quantize.ts";
import { rm } from "./rm.ts";
import { serve } from "./serve.ts";
import { tag } from "./tag.ts";

/** The command table: what `helium --help` lists, in this order. */
export const commands: Readonly<Record<string, Command>> = {
  generate,
  chat,
  classify,
  tag,
  eval: evaluation,
  serve,
  inspect,
  quantize,
  convert,
  parity,
  pull,
  models,
  rm,
};
