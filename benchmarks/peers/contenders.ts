import { oursInPage } from "./browser/ours-in-page.ts";
import { wllama2, wllama3 } from "./browser/wllama.ts";
import { native } from "./native/native.ts";
import { nodeLlamaCpp } from "./node-api/node-llama-cpp.ts";
import { ours, oursOnNode20, oursPlain } from "./ours/ours.ts";
import type { Contender } from "./player.ts";

/** Who runs model files: ours first, then the peers. */
export const contenders: readonly Contender[] = [
  ours,
  oursPlain,
  native,
  nodeLlamaCpp,
  oursOnNode20,
  oursInPage,
  wllama3,
  wllama2,
];
