// A page that times the webgpu backend and its peers.
import { offerTasks } from "../../testing/browser/tasks.ts";
import { greedyInPage } from "./greedy-in-page.ts";
import { matmulInPage } from "./matmul-in-page.ts";
import { replayInPage } from "./replay-in-page.ts";

offerTasks({ matmul: matmulInPage, greedy: greedyInPage, replay: replayInPage });
