// A process that pulls a model: `node pull-process.mjs <endpoint> <cacheDir> <repo>`.
import { parseHubId } from "@helium-lm/helium/hub";
import { pullModel } from "@helium-lm/helium/sources";

const [endpoint = "", cacheDir = "", repo = ""] = process.argv.slice(2);
const id = parseHubId(repo);
if (id === null) throw new Error(`${repo} is no model of the hub`);
const { fetched } = await pullModel(id, { endpoint, cacheDir, token: false, retry: { backoffMs: 50 } });
process.stdout.write(JSON.stringify(fetched));
