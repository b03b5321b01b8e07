// Builds dist/: the extension as ES modules with split chunks, the programs that run without the editor, and the notices
// that the licenses of the bundled packages ask for.
// --production minifies, --tests also bundles the editor host suites into dist-test/, --watch rebuilds on each change,
// --sandbox builds nothing but the sandbox program, into one file. A build begins with an empty dist/; a rebuild of
// --watch leaves everything in place for the editor that runs it.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, context } from 'esbuild';
import { bundledPackages, thirdPartyNotices } from './test/support/third-party.mjs';

const production = process.argv.includes('--production');
const watching = process.argv.includes('--watch');
const sandboxOnly = process.argv.includes('--sandbox');

/** @type {import('esbuild').BuildOptions} */
const common = {
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  format: 'esm',
  platform: 'node',
  // The programs run under older Node too; the editor has 22.
  target: 'node20',
  splitting: true,
  logLevel: 'warning',
};

/**
 * Puts all that the entry imports statically into one chunk. esbuild makes a chunk for each set of entry points that share a
 * module, and each import() makes an entry point: 30 files in place of one, which take four times as long to load as their
 * code does. So each module behind an import() also imports the entry, which is loaded by then.
 * @type {import('esbuild').Plugin}
 */
const oneEntryChunk = {
  name: 'one-entry-chunk',
  setup({ onLoad, onResolve, resolve }) {
    onResolve({ filter: /^\./ }, async ({ path: imported, kind, namespace, ...from }) => {
      if (kind !== 'dynamic-import' || namespace !== 'file') return undefined;
      const { path: file, errors } = await resolve(imported, { ...from, kind: 'import-statement' });
      if (errors.length > 0) return { errors };
      // From here on, paths from the project's folder only: the same code gives the same bytes in each folder.
      return { path: path.relative(import.meta.dirname, file).replaceAll(path.sep, '/'), namespace: 'lazy' };
    });
    onLoad({ filter: /^/, namespace: 'lazy' }, ({ path: file }) => ({
      contents: `import './src/extension.ts'; export * from ${JSON.stringify(`./${file}`)};`,
      resolveDir: import.meta.dirname,
    }));
  },
};

/** @type {import('esbuild').BuildOptions} */
const extension = {
  ...common,
  entryPoints: {
    extension: 'src/extension.ts',
    'leak-worker': 'src/secrets/scan/worker.ts',
    sandbox: 'src/sandbox/main.ts',
  },
  outdir: 'dist',
  external: ['vscode'],
  plugins: [oneEntryChunk],
  minify: production,
  sourcemap: production ? false : 'linked',
  // Bundled CommonJS packages call require() for Node's own modules; ES modules have none.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
};

/**
 * Programs that run without the editor, each one file that can be copied elsewhere.
 * @type {import('esbuild').BuildOptions}
 */
const leakPrograms = {
  ...common,
  splitting: false,
  entryPoints: {
    'secretlint-rule-truework': 'src/secrets/rule/rule.ts',
    'truework-secrets': 'src/secrets/cli/main.ts',
  },
  outdir: 'dist',
  minify: production,
};

/** @type {import('esbuild').BuildOptions} */
const sandboxProgram = {
  ...common,
  splitting: false,
  entryPoints: { sandbox: 'src/sandbox/main.ts' },
  outdir: 'dist',
};

/**
 * Prints where rebuilding begins and ends, and each problem with its file, line and column, all of which the problem
 * matcher in .vscode/tasks.json reads. Several builds run beside each other: they begin and end together.
 * @type {import('esbuild').Plugin}
 */
const announce = {
  name: 'announce',
  setup({ onStart, onEnd }) {
    onStart(() => {
      if (running === 0) console.log('[watch] build started');
      running += 1;
    });
    onEnd(({ errors, warnings }) => {
      for (const [severity, messages] of Object.entries({ error: errors, warning: warnings })) {
        for (const { text, location } of messages) {
          const { file, line, column } = location ?? { file: 'esbuild.config.mjs', line: 1, column: 0 };
          console.log(`${file}:${line}:${column + 1}: ${severity}: ${text}`);
        }
      }
      running -= 1;
      if (running === 0) console.log('[watch] build finished');
    });
  },
};
let running = 0;

/** @type {() => import('esbuild').BuildOptions} */
const hostSuites = () => ({
  ...common,
  entryPoints: {
    index: 'test/host/index.ts',
    ...Object.fromEntries(
      readdirSync('test/host', { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.test.ts'))
        .map((file) => [path.join('host', file.replace(/\.ts$/, '')), path.join('test/host', file)]),
    ),
  },
  outdir: 'dist-test',
  // Mocha and whatever else the suites use is loaded from node_modules.
  external: ['vscode'],
  packages: 'external',
  sourcemap: 'inline',
});

const shipped = sandboxOnly ? [sandboxProgram] : [extension, leakPrograms];
const builds = process.argv.includes('--tests') ? [...shipped, hostSuites()] : shipped;
// Chunks of earlier builds have other names.
if (!sandboxOnly) for (const { outdir } of builds) rmSync(outdir, { recursive: true, force: true });
if (watching) {
  for (const options of builds) {
    const rebuilding = await context({
      ...options,
      logLevel: 'silent',
      plugins: [...(options.plugins ?? []), announce],
    });
    await rebuilding.watch();
  }
} else {
  const results = await Promise.all(
    builds.map((options) => build({ ...options, metafile: shipped.includes(options) })),
  );
  for (const { metafile } of results) for (const file of Object.keys(metafile?.outputs ?? {})) escapeControls(file);
  if (!sandboxOnly) {
    const packages = bundledPackages(results.flatMap(({ metafile }) => metafile ?? []));
    writeFileSync('dist/THIRD-PARTY-NOTICES.txt', thirdPartyNotices(import.meta.dirname, packages));
  }
}

/** esbuild turns the escapes of control characters in strings into the characters: shipped code has none that is not seen. */
function escapeControls(file) {
  if (!file.endsWith('.js')) return;
  const code = readFileSync(file, 'utf8');
  const escaped = code.replaceAll(
    // eslint-disable-next-line no-control-regex -- they are what this looks for
    /[\x00-\x08\x0B\x0C\x0E-\x1F\x7F]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
  if (escaped !== code) writeFileSync(file, escaped);
}
