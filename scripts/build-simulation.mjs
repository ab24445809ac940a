// Bundles the simulation into dist/simulation/.
import { bundle } from './bundle.mjs';

// The judge reads its data from files beside it.
await bundle({ 'run-all': 'test/simulation/run-all.ts' }, 'dist/simulation', {
  external: ['@cloud-copilot/*'],
});
