/** The sandbox as a program: `node dist/sandbox.js`. Prints one line of JSON once it is listening; everything else goes to stderr. */
import { HELP, readOptions } from './command-line.ts';
import { startSandbox } from './start-sandbox.ts';

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env);
  if (options === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const sandbox = await startSandbox({
    ...options,
    onNotice: (text) => {
      console.error(text);
    },
  });
  const { url, apiKey, publishableKey, webhookToken } = sandbox;
  process.stdout.write(`${JSON.stringify({ url, apiKey, publishableKey, webhookToken })}\n`);
  const stop = (): void => {
    sandbox.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        fail(error);
        process.exit(1);
      },
    );
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function fail(error: unknown): void {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

await main().catch((error: unknown) => {
  fail(error);
  console.error('Run with --help for the options.');
});
