#!/usr/bin/env node
// On Node 20 the AWS SDK warns about its future; that is the maintainers' concern, not the user's.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
await import('../dist/mc-static-key.js');
