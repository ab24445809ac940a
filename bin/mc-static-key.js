#!/usr/bin/env node
// Old versions of Node.js must be able to read this file, so that they can say what is needed: no newer syntax.
const [major, minor] = process.versions.node.split('.').map(Number);
const supported = major > 22 || (major === 22 && minor >= 13) || (major === 20 && minor >= 17);

if (!supported) {
  process.stderr.write(
    'mc-static-key needs Node.js 20.17, 22.13 or newer. This is ' +
      process.versions.node +
      '. Install a newer version: https://nodejs.org\n',
  );
  process.exitCode = 1;
} else {
  // On Node 20 the AWS SDK warns about its future; that is the maintainers' concern, not the user's.
  const quiet = 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED';
  if (process.env[quiet] === undefined) process.env[quiet] = 'true';
  let ended = false;
  // As with `await`: a program that stops in the middle has not succeeded.
  process.on('exit', (code) => {
    if (!ended && code === 0) process.exitCode = 13;
  });
  import('../dist/mc-static-key.js').then(() => {
    ended = true;
  });
}
