/**
 * The one place where a string becomes DOM. An agent's text is hostile input on an origin that can run code, so: an
 * allow-list of tags and attributes, links only to the web or to mail, nothing that loads by itself, no class, id,
 * style or data attribute (Jupyter runs commands from `data-commandlinker-*`).
 */
import createDOMPurify, { type Config, type DOMPurify } from "dompurify";

/** `href` comes first: it is the only attribute that holds an address. */
const ATTRIBUTES = ["href", "title", "align", "start", "target", "rel"];
const TAGS =
  "p br hr h1 h2 h3 h4 h5 h6 strong em del s b i u mark sub sup kbd code pre ul ol li blockquote a table thead tbody tr th td";

/** Presentation MathML without links, without embedded languages (`annotation-xml`), without anything that loads. */
const MATH =
  "math mrow mi mn mo ms mtext mspace mfrac msqrt mroot mstyle merror mpadded mphantom msub msup msubsup munder mover " +
  "munderover mmultiscripts mprescripts mtable mtr mtd menclose";
const MATH_ATTRIBUTES =
  "alttext display displaystyle scriptlevel mathvariant mathcolor stretchy symmetric largeop movablelimits accent accentunder " +
  "fence separator form lspace rspace minsize maxsize linethickness width height depth voffset notation columnalign " +
  "columnspan rowspan";

/** The `rel` of a link that stands for an image. */
export const IMAGE = "image";
/** The `rel`s of links to a file of the project, and to a picture in it or in the text; their `title` is its path or content. */
export const FILE = "file";
export const PICTURE = "picture";

const CONFIG: Config & { RETURN_DOM_FRAGMENT: true } = {
  ALLOWED_TAGS: ["#text", ...TAGS.split(" "), ...MATH.split(" ")],
  ALLOWED_ATTR: [...ATTRIBUTES, ...MATH_ATTRIBUTES.split(" ")],
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  // All other attributes are matched against the pattern of addresses below.
  ADD_URI_SAFE_ATTR: [...ATTRIBUTES.slice(1), ...MATH_ATTRIBUTES.split(" ")],
  ALLOWED_URI_REGEXP: /^(?:https?|mailto):/i,
  RETURN_DOM_FRAGMENT: true,
};

function guardLink(node: Element): void {
  const address = node.getAttribute("href");
  if (address === null) return;
  // In MathML every element can be a link.
  if (node.tagName !== "A") return node.removeAttribute("href");
  const image = node.getAttribute("rel") === IMAGE ? `${IMAGE} ` : "";
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", `${image}noopener noreferrer`);
}

let purifier: DOMPurify | undefined;

function purify(): DOMPurify {
  if (!purifier) {
    purifier = createDOMPurify(window);
    purifier.addHook("afterSanitizeAttributes", guardLink);
  }
  return purifier;
}

/** Only allowed tags and attributes, as nodes of this document that have never been live. */
export function sanitize(html: string): DocumentFragment {
  return purify().sanitize(html, CONFIG);
}
