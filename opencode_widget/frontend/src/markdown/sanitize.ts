/**
 * The one place where a string becomes DOM. What an agent says is hostile input on an origin that can run code, so: an
 * allow-list of tags and attributes, links only to the web or to mail, nothing that loads by itself, no class, id, style or
 * data attribute (Jupyter runs commands from `data-commandlinker-*`).
 */
import createDOMPurify, { type Config, type DOMPurify } from "dompurify";

const TAGS =
  "p br hr h1 h2 h3 h4 h5 h6 strong em del s b i u mark sub sup kbd code pre ul ol li blockquote a table thead tbody tr th td";

const CONFIG: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: ["#text", ...TAGS.split(" ")],
  ALLOWED_ATTR: ["href", "title", "align", "start", "target", "rel"],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  // Anything else is held against the pattern of addresses below.
  ADD_URI_SAFE_ATTR: ["align", "start", "target", "rel"],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  RETURN_DOM_FRAGMENT: true,
};

function guardLink(node: Element): void {
  if (node.tagName !== "A") return;
  if (!node.hasAttribute("href")) return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
}

let purifier: DOMPurify | undefined;

function purify(): DOMPurify {
  if (!purifier) {
    purifier = createDOMPurify(window);
    purifier.addHook("afterSanitizeAttributes", guardLink);
  }
  return purifier;
}

/** Only what is on the list, as nodes of this document that have never been live. */
export function sanitize(html: string): DocumentFragment {
  return purify().sanitize(html, CONFIG);
}
