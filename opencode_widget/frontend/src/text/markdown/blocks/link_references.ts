/** Tracks which finished blocks may refer to a link definition that has not arrived yet. */

export interface Finished {
  source: string;
  nodes: ChildNode[];
}

export class LinkReferences {
  readonly #byLabel = new Map<string, Set<Finished>>();
  /** Blocks that use a label which was defined after they were drawn. */
  readonly #stale = new Set<Finished>();

  get hasStale(): boolean {
    return this.#stale.size > 0;
  }

  add(block: Finished): void {
    for (const label of labelsIn(block.source)) {
      const known = this.#byLabel.get(label);
      if (known) known.add(block);
      else this.#byLabel.set(label, new Set([block]));
    }
  }

  /** Records that these labels were defined; the first definition of a label wins. */
  define(labels: readonly string[]): void {
    for (const label of labels) {
      for (const block of this.#byLabel.get(label) ?? []) this.#stale.add(block);
      this.#byLabel.delete(label);
    }
  }

  nextStale(): Finished | undefined {
    const [block] = this.#stale;
    if (block) this.#stale.delete(block);
    return block;
  }
}

/** Every possible label: text in brackets that contains no brackets. */
function labelsIn(source: string): Set<string> {
  const labels = new Set<string>();
  let start = -1;
  for (let at = 0; at < source.length; at += 1) {
    const sign = source[at];
    if (sign === "\\") at += 1;
    else if (sign === "[") start = at + 1;
    else if (sign === "]") {
      if (start >= 0) labels.add(normal(source.slice(start, at)));
      start = -1;
    }
  }
  return labels;
}

/** Normalises a label as `marked` does for comparison. */
function normal(label: string): string {
  return label.trim().replace(/\s+/g, " ").toLowerCase().toUpperCase().toLowerCase();
}
