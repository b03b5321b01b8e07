/**
 * The parts of undici that are used. Its own module, because a bundled CommonJS package has no named exports when it is
 * imported lazily.
 */
export { EnvHttpProxyAgent, Pool } from 'undici';
