// Builds dist/: the extension as ES modules with split chunks, and the programs that run without the editor.
import { build } from 'esbuild';

const production = process.argv.includes('--production');

await build({
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  splitting: true,
  external: ['vscode'],
  minify: production,
  sourcemap: production ? false : 'linked',
  // Bundled CommonJS packages call require() for Node's own modules; ES modules have none.
  banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
  logLevel: 'warning',
});
