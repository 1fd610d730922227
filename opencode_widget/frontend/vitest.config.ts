import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const modules = join(here, "node_modules");

// The tests live in the tree of the repository's tests, where no node_modules is above them: name what they import.
export default defineConfig({
  root,
  server: { fs: { allow: [root] } },
  cacheDir: join(modules, ".vite"),
  resolve: {
    alias: [
      { find: /^vitest$/, replacement: join(modules, "vitest/dist/index.js") },
      { find: /^vite$/, replacement: join(modules, "vite/dist/node/index.js") },
      { find: /^fast-check$/, replacement: join(modules, "fast-check") },
      { find: /^marked$/, replacement: join(modules, "marked") },
      { find: /^temml$/, replacement: join(modules, "temml/dist/temml.mjs") },
      { find: /^preact\/test-utils$/, replacement: join(modules, "preact/test-utils/dist/testUtils.mjs") },
      { find: /^@preact\/signals$/, replacement: join(modules, "@preact/signals/dist/signals.mjs") },
    ],
  },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  test: {
    include: ["tests/frontend/**/*.test.{ts,tsx}"],
    environment: "node",
    env: process.env.RUNS ? { RUNS: process.env.RUNS } : {},
    testTimeout: process.env.RUNS ? 3_600_000 : 30_000,
    server: { deps: { inline: [/@preact/, /preact/] } },
  },
});
