/** Draws ipywidgets with the bundle that Microsoft's Jupyter extension uses, connected to the kernel by a WebSocket. */
import { KernelManager, ServerConnection } from "@jupyterlab/services";

const here = new URL(".", import.meta.url).href;
/** The widget manager of this page's kernel. */
let manager;

async function addScript(url) {
  const script = document.createElement("script");
  script.textContent = await (await fetch(url)).text();
  document.head.append(script);
}

/** anywidget's JavaScript is the one that pip installed, so that the test needs no CDN. */
const widgetLoader = {
  widgetsRegisteredInRequireJs: new Set(),
  async loadWidgetScript(name) {
    window.requirejs.config({ paths: { [name]: `${here}${name}` } });
    this.widgetsRegisteredInRequireJs.add(name);
  },
  successHandler() {},
  errorHandler(...problems) {
    console.error("[notebook-host]", ...problems);
  },
};

async function createManager({ kernelId, port }) {
  await addScript(`${here}require.js`);
  (await import(`${here}ipywidgets.js`)).activate();
  window.vscIPyWidgets8.load();
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `http://127.0.0.1:${port}/`,
    wsUrl: `ws://127.0.0.1:${port}/`,
    appendToken: false,
  });
  const kernel = new KernelManager({ serverSettings }).connectTo({ model: { id: kernelId, name: "python3" } });
  await kernel.info;
  const place = document.createElement("div");
  const created = new window.vscIPyWidgets.WidgetManager(kernel, place, widgetLoader, () => {}, undefined);
  await created._loadFromKernel();
  return created;
}

export const activate = () => ({
  async renderOutputItem(item, element) {
    const view = item.json();
    if (!view.kernelId) {
      element.textContent = "This output has no kernel.";
      return;
    }
    manager ??= createManager(view);
    const widgets = await manager;
    const drawn = await widgets.create_view(await widgets.get_model(view.model_id));
    const node = document.createElement("div");
    // As Microsoft's extension: with its own white ground.
    node.className = "cell-output-ipywidget-background";
    element.replaceChildren(node);
    await widgets.display_view(null, drawn, { node });
  },
  disposeOutputItem() {},
});
