#!/usr/bin/env node
// Starts the program that the package for this platform carries, and ends as
// it ends. Whatever goes wrong here says nothing of secrets: exit code 2.
'use strict';
const { spawnSync } = require('node:child_process');

const platform = `${process.platform}-${process.arch}`;
const file = process.platform === 'win32' ? 'tightlip.exe' : 'tightlip';

function stop(message) {
  console.error(`tightlip: ${message}`);
  process.exit(2);
}

let program;
try {
  program = require.resolve(`@tightlip/${platform}/bin/${file}`);
} catch {
  stop(
    `the package @tightlip/${platform} is not installed, so there is nothing to run. ` +
      'Install again without --omit=optional; if there is no such package for your ' +
      'platform, use cargo install tightlip or pip install tightlip.'
  );
}

const run = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
if (run.error) stop(`${program} could not be started: ${run.error.message}`);
// A program that was stopped by a signal: end by the same one.
if (run.signal) process.kill(process.pid, run.signal);
process.exit(run.status === null ? 2 : run.status);
