// Loaded ahead of a program (`node --import`): tells its peak memory in KiB on file descriptor 3 when it ends.
import { writeSync } from 'node:fs';

process.on('exit', () => writeSync(3, `${process.resourceUsage().maxRSS}`));
