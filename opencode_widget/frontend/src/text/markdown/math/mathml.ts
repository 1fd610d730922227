/**
 * Converts TeX to MathML, which browsers draw with a system font. TeX that temml does not understand stays as it was
 * written.
 */
import temml from "temml";

const LONGEST = 5_000;
const KEPT = 300;
const cache = new Map<string, string>();

/** HTML that must still be sanitised: `<math>`, or the source as code. */
export function formulaHtml(tex: string, display: boolean): string {
  const key = `${display ? "D" : "I"}${tex}`;
  const cached = cache.get(key);
  if (cached !== undefined) return cached;
  const html = make(tex, display);
  if (cache.size >= KEPT) cache.clear();
  cache.set(key, html);
  return html;
}

function make(tex: string, display: boolean): string {
  if (tex.length > LONGEST) return sourceHtml(tex);
  try {
    const html = temml.renderToString(tex, { displayMode: display, throwOnError: true, trust: false, maxExpand: 500 });
    return asAttributes(html).replace("<math", `<math alttext="${escapeHtml(tex)}"`);
  } catch {
    return sourceHtml(tex);
  }
}

/** Converts two meaningful styles to MathML attributes, as the sanitiser drops classes and styles. */
function asAttributes(html: string): string {
  return html
    .replace(/ class="tml-(left|right)"/g, ' columnalign="$1"')
    .replace(/ style="color:(#[0-9a-f]{6});"/g, ' mathcolor="$1"')
    .replace(/ style="[^"]*"/g, ""); // parsing them would violate a policy against inline styles
}

function sourceHtml(tex: string): string {
  return `<code>${escapeHtml(tex)}</code>`;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}
