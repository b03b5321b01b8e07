/**
 * What is used of undici, from its inner modules: its main one also brings a fetch, web sockets and caches, and takes over
 * every `fetch` of the process. Its own module, because a bundled CommonJS package has no named exports when it is
 * imported lazily.
 */
import api from 'undici/lib/api/index.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';

export { default as EnvHttpProxyAgent } from 'undici/lib/dispatcher/env-http-proxy-agent.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';

// As undici's main module does: request() and the like are methods of every dispatcher.
Object.assign(Dispatcher.prototype, api);
