// Bundles the bench into dist/bench/, beside the program that it measures.
import { bundle } from './bundle.mjs';

const parts = ['run', 'sandbox-server', 'bare-calls', 'peak-memory'];
await bundle(Object.fromEntries(parts.map((part) => [part, `bench/${part}.ts`])), 'dist/bench');
