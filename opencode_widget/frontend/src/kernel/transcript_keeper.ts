/**
 * Keeps the saved transcript up to date where the kernel cannot: an output that was restored from the file, after a reload
 * of the page, gets no update. So the page asks for the latest version, and puts it into the notebook when that is about
 * to be saved. Not before: a second page of the notebook would then have unsaved changes with each turn.
 */
import type { HostDocument } from "./host_document";

type Data = Record<string, string>;

/** Milliseconds for the kernel's own update to arrive. */
const PATIENCE = 1_500;

export class TranscriptKeeper {
  #latest: { revision: number; data: Data } | undefined;
  #revision = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #end: () => void;

  constructor(
    readonly host: HostDocument,
    readonly load: () => Promise<Data | undefined>,
  ) {
    this.#end = host.beforeSave(() => this.#write());
  }

  /** There is a new version in the kernel. */
  changed(revision: number): void {
    this.#revision = revision;
    clearTimeout(this.#timer);
    if (revision > 0) this.#timer = setTimeout(() => void this.#prepare(), PATIENCE);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#end();
  }

  async #prepare(): Promise<void> {
    const revision = this.#revision;
    if (!this.host.isOutdated(revision)) return;
    const data = await this.load();
    if (data) this.#latest = { revision, data };
  }

  #write(): void {
    const latest = this.#latest;
    if (latest?.revision === this.#revision && this.host.isOutdated(latest.revision)) this.host.update(latest.data);
  }
}
