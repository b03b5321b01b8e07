/**
 * The secretlint rule, bundled as `dist/secretlint-rule-truework.js`.
 *
 * Reports `PRODUCTION_SECRET_KEY` and `SANDBOX_SECRET_KEY`; a configuration can leave one of them out by its
 * `allowMessageIds`. Options: {@link RuleOptions}.
 */
import { makeCreator } from './creator.ts';

export { type RuleOptions } from './creator.ts';
/** The name under which secretlint looks for a rule in a module. */
export const creator = makeCreator();
export default creator;
