/** The "Copy" buttons of code blocks, one listener for all of them. */
export function handleCopy(event: MouseEvent): void {
  const button = (event.target as Element).closest<HTMLButtonElement>("button.ocw-copy");
  const code = button?.closest(".ocw-code")?.querySelector("code");
  if (!button || !code) return;
  void copyText(code.textContent).then((done) => flash(button, done ? "Copied" : "Not copied"));
}

/** The clipboard needs a secure page; without one the old way through a selection is left. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

function copyBySelection(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.style.position = "fixed";
  box.style.opacity = "0";
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  return done;
}

function flash(button: HTMLButtonElement, words: string): void {
  button.textContent = words;
  setTimeout(() => {
    button.textContent = "Copy";
  }, 1_500);
}
