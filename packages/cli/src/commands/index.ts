import { batch } from "./batch.ts";
import { bench } from "./bench.ts";
import { chat } from "./chat.ts";
import { classify } from "./classify.ts";
import type { CommandGroups, CommandTable } from "../command-table.ts";
import { completionCommand } from "./completion.ts";
import { configCommand } from "./config.ts";
import { convert } from "./convert.ts";
import { embed } from "./embed.ts";
import { evaluation } from "./eval/eval.ts";
import { generate } from "./generate.ts";
import { helpCommand } from "./help.ts";
import { inspect } from "./inspect.ts";
import { models } from "./models.ts";
import { parity } from "./parity.ts";
import { pull } from "./pull.ts";
import { quantize } from "./quantize.ts";
import { rm } from "./rm.ts";
import { serve } from "./serve.ts";
import { tag } from "./tag.ts";
import { worker } from "./worker.ts";

const all = (): CommandGroups => commandGroups;

/** What `helium --help` lists, in this order and under these headings. */
export const commandGroups: CommandGroups = {
  "Write text": { generate, chat },
  "Read text": { classify, tag, embed },
  Serve: { serve, batch, worker },
  Measure: { bench, eval: evaluation, parity },
  "Manage models": { pull, models, rm, inspect, quantize, convert },
  "This program": { config: configCommand(all), completion: completionCommand(all), help: helpCommand(all) },
};

/** All commands by their names. */
export const commands: CommandTable = Object.assign({}, ...Object.values(commandGroups)) as CommandTable;
