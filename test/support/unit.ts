/** Runs the unit tests: `npm run test:unit -- [--watch] [--grep PATTERN] [PART OF A PATH …]`. */
import { runTestFiles } from './node-tests.ts';

const { failed } = await runTestFiles('test/unit', { oneProcess: false });
process.exitCode = failed === 0 ? 0 : 1;
