/** Whether the host is dark: its own marks decide, else the system. Changes are followed while the view lives. */
type Theme = "light" | "dark";

const LABELS: Array<[selector: string, theme: Theme]> = [
  ['body[data-jp-theme-light="true"]', "light"], // JupyterLab, Notebook 7
  ['body[data-jp-theme-light="false"]', "dark"],
  ["body.vscode-light, body.vscode-high-contrast-light", "light"],
  ["body.vscode-dark, body.vscode-high-contrast", "dark"],
  ["html[theme=light]", "light"], // Colab
  ["html[theme=dark]", "dark"],
  ["html.dark, body.dark, body.dark-theme", "dark"], // marimo
  ["html.light, body.light, body.light-theme", "light"],
];

function hostTheme(document: Document): Theme {
  for (const [selector, theme] of LABELS) if (document.querySelector(selector)) return theme;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

/** VS Code defines its colours in variables of its own; `host.css` has the rules for it. */
function isVsCode({ body, documentElement }: Document): boolean {
  const colour = getComputedStyle(documentElement).getPropertyValue("--vscode-editor-background");
  return colour !== "" && /\bvscode-(light|dark|high-contrast)/.test(body.className);
}

/** Keeps the root's `data-theme` and `data-host` up to date; the result stops it. */
export function followTheme(root: HTMLElement): () => void {
  const show = () => {
    root.dataset.theme = hostTheme(document);
    if (isVsCode(document)) root.dataset.host = "vscode";
    else delete root.dataset.host;
  };
  const observer = new MutationObserver(show);
  for (const element of [document.documentElement, document.body]) observer.observe(element, { attributes: true });
  const system = matchMedia("(prefers-color-scheme: dark)");
  system.addEventListener("change", show);
  show();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", show);
  };
}
