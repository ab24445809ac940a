import { afterAll } from 'vitest';
import { closeAll } from './closing.ts';

// Test files share one process and its modules, so that each does not have to load the AWS SDK anew.
afterAll(closeAll);
