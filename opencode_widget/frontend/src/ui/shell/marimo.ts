/** True if marimo draws the widget: into the shadow root of an element of its own. */
export function isInMarimo(element: HTMLElement): boolean {
  const root = element.getRootNode();
  return root instanceof ShadowRoot && root.host.localName === "marimo-anywidget";
}
