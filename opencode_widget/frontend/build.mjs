// Bundles src/widget.tsx and src/ui/index.css into ../static: one ES module and one style sheet. The program that draws
// Mermaid diagrams, larger than both, is a file of its own, which the page gets from the kernel when it is wanted.
import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static");
const watch = process.argv.includes("--watch");

/** @type {esbuild.BuildOptions} */
const options = {
  absWorkingDir: here,
  entryPoints: { widget: "src/widget.tsx" },
  outdir: out,
  bundle: true,
  format: "esm",
  platform: "browser",
  target: ["es2022", "chrome112", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  // tsconfig.json's paths are for the tests only.
  tsconfigRaw: "{}",
  // temml's source, without the extensions that we don't use (chemistry, physics): a fifth less.
  alias: { temml: join(here, "node_modules", "temml", "temml.js") },
  minify: !watch,
  sourcemap: watch ? "inline" : false,
  legalComments: "none",
  charset: "utf8",
  define: { "process.env.NODE_ENV": '"production"' },
  logLevel: "info",
};

/** The style sheet is an entry of its own, so that widget.js does not import it. */
const styles = { ...options, entryPoints: { widget: "src/ui/index.css" } };

/** Mermaid as it was published, with its licence and those of its parts, and before our script that runs it. */
async function buildMermaid() {
  const published = join(here, "node_modules", "@mermaid-js", "tiny");
  const licence = await readFile(join(published, "LICENSE"), "utf8");
  const library = await readFile(join(published, "dist", "mermaid.tiny.js"), "utf8");
  const script = await esbuild.build({
    ...options,
    entryPoints: { mermaid: "src/mermaid/draw.ts" },
    format: "iife",
    sourcemap: false,
    write: false,
  });
  const program = `/* Mermaid\n\n${licence}*/\n${library}\n${script.outputFiles[0].text}`;
  await writeFile(join(out, "mermaid.js.gz"), gzipSync(program, { level: 9 }));
}

async function report() {
  for (const name of ["widget.js", "widget.css"]) {
    const path = join(out, name);
    const { size } = await stat(path);
    const packed = gzipSync(await readFile(path)).length;
    console.log(`${name}: ${(size / 1000).toFixed(1)} kB, ${(packed / 1000).toFixed(1)} kB gzipped`);
  }
  const { size } = await stat(join(out, "mermaid.js.gz"));
  console.log(`mermaid.js.gz: ${(size / 1000).toFixed(1)} kB`);
}

await mkdir(out, { recursive: true });
if (watch) {
  await buildMermaid();
  for (const each of [options, styles]) await (await esbuild.context(each)).watch();
} else {
  await Promise.all([esbuild.build(options), esbuild.build(styles), buildMermaid()]);
  await report();
}
