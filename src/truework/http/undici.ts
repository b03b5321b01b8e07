/** What is used of undici. A module of its own, since a bundled CommonJS package has no named exports when it is imported lazily. */
export { EnvHttpProxyAgent, Pool } from 'undici';
