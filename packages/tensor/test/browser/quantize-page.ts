// A page that quantises in workers.
import { quantized } from "../quantized.ts";
import { offerTasks } from "./tasks.ts";

offerTasks({ quantized });
