// A page that quantises in workers.
import { quantized } from "../quantized.ts";
import { offerTasks } from "../../../../testing/browser/tasks.ts";

offerTasks({ quantized });
