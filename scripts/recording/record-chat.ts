// node scripts/recording/record-chat.ts: has a conversation in a real terminal (tmux) and writes docs/chat.svg, what it shows.
import { writeFileSync } from "node:fs";
import { fromSources, recordChat, WINDOW } from "./chat-session.ts";
import { screenSvg } from "./screen-svg.ts";

const svg = screenSvg("helium chat in a terminal", await recordChat(fromSources()), WINDOW.columns);
writeFileSync(new URL("../../docs/chat.svg", import.meta.url), svg);
console.log(`docs/chat.svg: ${(svg.length / 1000).toFixed(1)} kB`);
