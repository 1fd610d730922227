/** Changed files as a tree. Pure. */

export interface TreeRow {
  kind: "folder" | "file";
  /** What the row shows: folders without other content are joined ("src/ui"). */
  name: string;
  /** The whole path. */
  path: string;
  /** The number of folders around it. */
  depth: number;
}

interface Folder {
  folders: Map<string, Folder>;
  files: Array<{ name: string; path: string }>;
}

/** The rows of the tree in their order: folders first, then files, both by name. What is inside a folded folder is left out. */
export function treeRows(paths: readonly string[], folded: ReadonlySet<string> = new Set()): TreeRow[] {
  const root: Folder = { folders: new Map(), files: [] };
  for (const path of paths) add(root, path);
  const rows: TreeRow[] = [];
  appendRows(root, "", 0, folded, rows);
  return rows;
}

function add(root: Folder, path: string): void {
  const names = path.split(/[\\/]/);
  const name = names.pop() ?? path;
  let folder = root;
  for (const each of names) {
    let inner = folder.folders.get(each);
    if (!inner) {
      inner = { folders: new Map(), files: [] };
      folder.folders.set(each, inner);
    }
    folder = inner;
  }
  folder.files.push({ name, path });
}

function appendRows(at: Folder, above: string, depth: number, folded: ReadonlySet<string>, rows: TreeRow[]): void {
  for (const [first, start] of sorted([...at.folders])) {
    const { name, folder } = joined(first, start);
    const path = above + name;
    rows.push({ kind: "folder", name, path, depth });
    if (!folded.has(path)) appendRows(folder, `${path}/`, depth + 1, folded, rows);
  }
  for (const [name, file] of sorted(at.files.map((each) => [each.name, each] as const))) {
    rows.push({ kind: "file", name, path: file.path, depth });
  }
}

/** A folder together with its only content, as long as that is one folder. */
function joined(first: string, start: Folder): { name: string; folder: Folder } {
  let [name, folder] = [first, start];
  while (folder.files.length === 0 && folder.folders.size === 1) {
    const [only] = folder.folders;
    if (!only) break;
    name = `${name}/${only[0]}`;
    folder = only[1];
  }
  return { name, folder };
}

const ORDER = new Intl.Collator("en", { numeric: true });

function sorted<Item>(items: Array<readonly [string, Item]>): Array<readonly [string, Item]> {
  return items.sort(([a], [b]) => ORDER.compare(a, b));
}
