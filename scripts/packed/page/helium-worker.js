// The script that this application's workers run, where its policy allows none that is made of a text.
import { serveWorker } from "@helium-lm/helium/worker";

serveWorker();
