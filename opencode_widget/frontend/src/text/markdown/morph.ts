/**
 * Makes the children of `parent` after `last` (undefined: all) equal to `wanted`. It touches only what differs, so that
 * a selection survives.
 */
export function morph(parent: Node, last: ChildNode | undefined, wanted: Node): void {
  let mine: ChildNode | null = last ? last.nextSibling : parent.firstChild;
  let theirs = wanted.firstChild;
  while (theirs) {
    const next = theirs.nextSibling;
    if (!mine) {
      parent.appendChild(theirs);
    } else if (!morphNode(mine, theirs)) {
      const old: ChildNode = mine;
      mine = old.nextSibling;
      parent.replaceChild(theirs, old);
      theirs = next;
      continue;
    }
    mine = mine?.nextSibling ?? null;
    theirs = next;
  }
  while (mine) {
    const next: ChildNode | null = mine.nextSibling;
    parent.removeChild(mine);
    mine = next;
  }
}

/** True if `mine` could be made equal to `theirs`. */
function morphNode(mine: Node, theirs: Node): boolean {
  if (mine.nodeType !== theirs.nodeType || mine.nodeName !== theirs.nodeName) return false;
  if (mine.nodeType === Node.TEXT_NODE) {
    if (mine.nodeValue !== theirs.nodeValue) mine.nodeValue = theirs.nodeValue;
    return true;
  }
  if (!sameAttributes(mine as Element, theirs as Element)) return false;
  morph(mine, undefined, theirs);
  return true;
}

function sameAttributes(mine: Element, theirs: Element): boolean {
  if (mine.attributes.length !== theirs.attributes.length) return false;
  for (const { name, value } of Array.from(theirs.attributes)) if (mine.getAttribute(name) !== value) return false;
  return true;
}
