// How everything of this project is bundled, so that the program and what it is measured against are built alike.
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** The root folder of the repository, with a slash at its end. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Bundles entry points (output name to source file) into a folder, both given relative to the root; `more` is for esbuild. */
export async function bundle(entryPoints, outdir, more = {}) {
  await build({
    absWorkingDir: root,
    entryPoints,
    outdir,
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // The SDK's ES modules: its CommonJS files hold every operation of a service, and load all kinds of credentials at once.
    mainFields: ['module', 'main'],
    // Names are kept so that a stack trace can be read.
    minifySyntax: true,
    legalComments: 'eof',
    logLevel: 'warning',
    // Some dependencies are CommonJS and call require() for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    ...more,
  });
}
