// Bundles the program into dist/. Code splitting keeps help and flag errors from loading the SDK and the prompts.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { bundle, root } from './bundle.mjs';

// An earlier build's chunks have other names and would stay for ever; the bench lives in a folder of its own beside them.
const dist = `${root}dist`;
const stale = existsSync(dist) ? readdirSync(dist).filter((name) => name.endsWith('.js')) : [];
for (const name of stale) rmSync(`${dist}/${name}`);
await bundle({ 'mc-static-key': 'src/main.ts' }, 'dist');
