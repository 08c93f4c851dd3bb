/** Terminals that follow links (OSC 8), by what they put into the environment. There is no way to ask. */
export function followsLinks(env: Readonly<Record<string, string | undefined>>): boolean {
  const forced = env["FORCE_HYPERLINK"];
  if (forced !== undefined && forced !== "") return forced !== "0";
  // tmux and screen pass them on only where they are told to.
  if (env["TMUX"] || /^(screen|tmux|dumb|linux)/.test(env["TERM"] ?? "")) return false;
  return (
    Number(env["VTE_VERSION"] ?? 0) >= 5000 ||
    ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "rio"].includes(env["TERM_PROGRAM"] ?? "") ||
    /^(xterm-kitty|alacritty|foot|xterm-ghostty)/.test(env["TERM"] ?? "") ||
    ["WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "DOMTERM"].some((name) => env[name] !== undefined)
  );
}
