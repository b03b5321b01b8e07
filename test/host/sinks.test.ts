import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { Connections } from '../../src/connections/connections.ts';
import { ConnectionStatus } from '../../src/connections/status-bar.ts';
import { ProductionLock } from '../../src/connections/production-lock.ts';
import { connectionItem } from '../../src/connections/pick-connection.ts';
import { KeyVault } from '../../src/connections/vault.ts';
import type { Node } from '../../src/orders/nodes/node.ts';
import { OrdersTree } from '../../src/orders/orders-tree.ts';
import { OrderStore } from '../../src/orders/store.ts';
import { TrueworkClient } from '../../src/truework/client.ts';
import { SANDBOX_MARK, SECRET_PREFIX, SecretKey } from '../../src/truework/keys.ts';
import { LocalOrigin } from '../../src/truework/origin.ts';
import { UndiciTransport } from '../../src/truework/http/undici-transport.ts';
import { Documents } from '../../src/documents/documents.ts';
import { Log } from '../../src/ui/log.ts';
import { explainInOneLine } from '../../src/ui/messages.ts';
import { anOrder, aPage, aReport, aVerification } from '../support/builders/orders.ts';
import { fakeLogChannel, FakeMemento, FakeSecrets } from '../support/vscode-fakes.ts';

/** A Truework that repeats the key wherever it can: in errors, in every text of an order, in headers. */
function echoing(key: () => string, status: () => number): Promise<Server> {
  const server = createServer((request, response) => {
    const echo = `${request.headers.authorization ?? ''} and ${key()}`;
    response.statusCode = status();
    response.setHeader('content-type', 'application/json');
    response.setHeader('x-echo', echo);
    if (status() !== 200) {
      response.end(JSON.stringify({ error: { message: echo, invalid_fields: { [key()]: [echo] } } }));
      return;
    }
    const report = aReport({ employer: { address: null, government_ids: null, name: echo }, additional_notes: echo });
    const order = anOrder('an-order', 'completed', {
      search_key: echo,
      loan_id: echo,
      verification_requests: [
        aVerification('completed', { cancellation_details: echo, metadata: { note: echo }, reports: [report] }),
      ],
    });
    response.end(JSON.stringify(request.url?.startsWith('/orders/') === true ? order : aPage([order])));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      resolve(server);
    });
  });
}

const bodies = fc.oneof(fc.stringMatching(/^[0-9a-f]{40}$/), fc.stringMatching(/^[A-Za-z0-9_-]{43,60}$/));

describe('A key', () => {
  it('appears in no log, message, tree, tooltip, document, URI, status bar or Memento, whatever Truework responds', async () => {
    let text = '';
    let status = 200;
    const server = await echoing(
      () => text,
      () => status,
    );
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const contents: string[] = [];
    const documents = new Documents();
    try {
      await fc.assert(
        fc.asyncProperty(bodies, fc.constantFrom(200, 400, 401, 403, 404, 406, 429, 451, 500), async (body, answer) => {
          text = SECRET_PREFIX + SANDBOX_MARK + body;
          status = answer;
          contents.length = 0;
          const key = SecretKey.from(text);
          assert.ok(key);
          const say = (...lines: unknown[]) => {
            contents.push(...lines.map((line) => (typeof line === 'string' ? line : inspect(line, { depth: 8 }))));
          };
          const log = new Log(fakeLogChannel({ debug: say, info: say, warn: say, error: say }));

          const secrets = new FakeSecrets();
          const mementos = [new FakeMemento(), new FakeMemento()] as const;
          const connections = new Connections(new KeyVault(secrets), ...mementos);
          const connection = await connections.add('Alias', key);
          await connections.use(connection);
          const lock = new ProductionLock();
          new ConnectionStatus(connections, lock).dispose();
          say(
            connectionItem(connection, connection),
            secrets.names,
            [...mementos[0].values],
            [...mementos[1].values],
            connections.all,
          );

          const api = new TrueworkClient({
            origin: LocalOrigin.of(url, key),
            key: () => connections.readKey(connection),
            transport: new UndiciTransport(),
            retries: { max: 0 },
            observe: (exchange) => {
              log.debug(inspect(exchange));
            },
          });
          const session = { connection, api };
          const store = new OrderStore({ current: () => Promise.resolve(session), isCurrent: () => true });
          store.switchTo(connection.id);
          const tree = new OrdersTree(store);
          const walk = async (node?: Node): Promise<void> => {
            if (node) say(node.id, tree.getTreeItem(node), node.tooltip?.()?.value ?? '');
            for (const child of await tree.getChildren(node)) await walk(child);
          };
          await walk();
          if (store.status.kind === 'failed') {
            log.error('failed', store.status.error);
            say(explainInOneLine(store.status.error), store.status.error);
          }
          documents.serve('orders', (_connection, id) => api.getOrder(id));
          const uri = Documents.uri(connection.id, 'orders', 'an-order');
          say(uri.toString());
          await documents.readFile(uri).then(
            (bytes) => {
              say(new TextDecoder().decode(bytes));
            },
            (error: unknown) => {
              say(error);
            },
          );
          await api.close();
          for (const disposable of [store, tree, lock, connections]) disposable.dispose();

          assert.ok(contents.length > 8);
          const shown = contents.join('\n');
          for (let at = 0; at + 8 <= body.length; at += 1)
            assert.ok(!shown.includes(body.slice(at, at + 8)), `A piece of the key at ${at} of its body shows.`);
        }),
        { numRuns: 40 },
      );
    } finally {
      documents.dispose();
      server.close();
    }
  }).timeout(60_000);
});
