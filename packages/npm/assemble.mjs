// Lays out the npm packages: one that starts the program, and one a platform
// that carries it.
//
//     node packages/npm/assemble.mjs OUT linux-x64=target/release/tightlip ...
//
// A platform is what Node calls it: process.platform, a hyphen, process.arch.
// The Linux programs should be the static ones (musl), which run everywhere.
// Then, in each directory of OUT: npm pack, or npm publish.
import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const KNOWN = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

function fail(message) {
  console.error(message);
  process.exit(2);
}

const [out, ...platforms] = process.argv.slice(2);
if (!out || platforms.length === 0) {
  fail('usage: node packages/npm/assemble.mjs OUT PLATFORM=PROGRAM ...');
}

const cargo = readFileSync(join(root, 'Cargo.toml'), 'utf8');
const field = (name) => {
  const found = cargo.match(new RegExp(`^${name} = "(.*)"$`, 'm'));
  if (!found) fail(`Cargo.toml has no ${name}`);
  return found[1];
};
const common = {
  version: field('version'),
  license: field('license'),
  repository: { type: 'git', url: `git+${field('repository')}.git` },
};

function write(directory, manifest) {
  writeFileSync(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE']) {
    copyFileSync(join(root, name), join(directory, name));
  }
}

rmSync(out, { recursive: true, force: true });
const optionalDependencies = {};
for (const word of platforms) {
  const [platform, program] = word.split('=');
  if (!KNOWN.includes(platform) || !program) {
    fail(`${word}: write PLATFORM=PROGRAM, with a platform of ${KNOWN.join(', ')}`);
  }
  const [os, cpu] = platform.split('-');
  const name = `@tightlip/${platform}`;
  const directory = join(out, platform);
  const file = os === 'win32' ? 'tightlip.exe' : 'tightlip';
  mkdirSync(join(directory, 'bin'), { recursive: true });
  copyFileSync(program, join(directory, 'bin', file));
  chmodSync(join(directory, 'bin', file), 0o755);
  writeFileSync(
    join(directory, 'README.md'),
    `# ${name}\nThe program of [tightlip](https://www.npmjs.com/package/tightlip) for ${platform}. Install that package, not this one.\n`
  );
  write(directory, {
    name,
    ...common,
    description: `tightlip for ${platform}`,
    os: [os],
    cpu: [cpu],
    files: ['bin', 'LICENSE-MIT', 'LICENSE-APACHE'],
    preferUnplugged: true,
  });
  optionalDependencies[name] = common.version;
}

const main = join(out, 'tightlip');
mkdirSync(join(main, 'bin'), { recursive: true });
copyFileSync(join(here, 'tightlip.js'), join(main, 'bin', 'tightlip.js'));
chmodSync(join(main, 'bin', 'tightlip.js'), 0o755);
copyFileSync(join(here, 'README.md'), join(main, 'README.md'));
write(main, {
  name: 'tightlip',
  ...common,
  description: field('description'),
  keywords: ['secrets', 'linter', 'pre-commit', 'security', 'git'],
  bin: { tightlip: 'bin/tightlip.js' },
  files: ['bin', 'LICENSE-MIT', 'LICENSE-APACHE'],
  engines: { node: '>=16' },
  optionalDependencies,
});
console.log(`${out}: tightlip ${common.version} and ${platforms.length} platform package(s)`);
