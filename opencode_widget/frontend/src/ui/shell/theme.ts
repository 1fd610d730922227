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

/** Keeps the root's `data-theme` up to date; the result stops it. */
export function followTheme(root: HTMLElement): () => void {
  const show = () => {
    root.dataset.theme = hostTheme(document);
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
