// Runs the npm client, whichever platform this is.
import { spawn } from 'node:child_process';

/** Runs npm in a folder; throws an error that carries npm's own words when it fails. */
export async function npm(args, cwd) {
  const child = spawn('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    // npm is a script on Windows, which only a shell runs; no argument here needs quoting.
    shell: process.platform === 'win32',
  });
  const stop = () => {
    child.kill();
  };
  process.once('exit', stop);
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      output += error.message;
      resolve(1);
    });
    child.on('close', resolve);
  });
  process.off('exit', stop);
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${output.trim()}`);
}
