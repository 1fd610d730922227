/** Runs the cells of a notebook in VS Code with a kernel of the Jupyter server at $JUPYTER_PORT. */
const vscode = require("vscode");
const { KernelManager, ServerConnection } = require("@jupyterlab/services");

const VIEW = "application/vnd.jupyter.widget-view+json";
const port = process.env.JUPYTER_PORT;

/** The kernel of all notebooks, started with the first cell. */
let kernel;
let executions = 0;

function startKernel() {
  const serverSettings = ServerConnection.makeSettings({
    baseUrl: `http://127.0.0.1:${port}/`,
    wsUrl: `ws://127.0.0.1:${port}/`,
    appendToken: false,
  });
  return new KernelManager({ serverSettings }).startNew({ name: "python3" }, { handleComms: false });
}

function outputItem(mime, value, kernelId) {
  // The renderer connects to the same kernel.
  if (mime === VIEW) return vscode.NotebookCellOutputItem.json({ ...value, kernelId, port }, mime);
  if (typeof value === "string") return vscode.NotebookCellOutputItem.text(value, mime);
  return vscode.NotebookCellOutputItem.json(value, mime);
}

function outputOf({ header, content }, kernelId) {
  const item = vscode.NotebookCellOutputItem;
  switch (header.msg_type) {
    case "stream":
      return [content.name === "stderr" ? item.stderr(content.text) : item.stdout(content.text)];
    case "display_data":
    case "execute_result":
      return Object.entries(content.data).map(([mime, value]) => outputItem(mime, value, kernelId));
    case "error":
      return [item.error({ name: content.ename, message: content.evalue, stack: content.traceback.join("\n") })];
    default:
      return [];
  }
}

async function runCell(controller, cell) {
  const execution = controller.createNotebookCellExecution(cell);
  executions += 1;
  execution.executionOrder = executions;
  execution.start(Date.now());
  kernel ??= startKernel();
  const connection = await kernel;
  await execution.clearOutput();
  const request = { code: cell.document.getText() };
  const future = connection.requestExecute(request, true, { cellId: cell.document.uri.toString() });
  future.onIOPub = async (message) => {
    const items = outputOf(message, connection.id);
    if (items.length > 0) await execution.appendOutput(new vscode.NotebookCellOutput(items));
  };
  const { content } = await future.done;
  execution.end(content.status === "ok", Date.now());
}

exports.activate = (context) => {
  const controller = vscode.notebooks.createNotebookController("notebook-host", "jupyter-notebook", "Python 3");
  controller.supportedLanguages = ["python"];
  controller.supportsExecutionOrder = true;
  controller.executeHandler = async (cells) => {
    for (const cell of cells) await runCell(controller, cell);
  };
  context.subscriptions.push(controller);
};
