/**
 * The commands on orders and reports follow one convention, with real requests to the local sandbox: called with a row
 * they act on it, called with a selection they act on all of it, and called with neither they ask.
 */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { Editor, Profile, type Rule, type View, type Window } from '../faults/editor.ts';
import { until } from '../faults/time.ts';
import { instead } from '../../support/stubs.ts';
import { UNRESOLVED_ORDERS } from '../../../src/orders/sending/storage.ts';

interface OrderRow {
  readonly order: { readonly id: string };
}
interface ReportRow {
  readonly report: { readonly id: string };
}

const cancelAnswers: readonly Rule[] = [
  [/Reason for canceling/, 'Another reason'],
  [/Details for Truework/, ''],
  [/^Cancel the order for/, 'Cancel Order'],
  [/^Cancel \d+ orders/, /^Cancel \d+ Orders$/],
  // The results.
  [/Orders Canceled/, /./],
];
const newOrder: readonly Rule[] = [
  [/Select the kind of order/, 'Target Employer'],
  [/Select an applicant/, 'Taylor Curtis'],
  [/Name of the employer/, 'Acme Inc'],
  [/Send it\?/, 'Send to Sandbox'],
];

/** Arguments that are no rows, as another extension may pass. */
const garbage: readonly (readonly [what: string, args: readonly unknown[]])[] = [
  ['an ID', ['order-1', ['order-1']]],
  ['an object that looks like a row', [{ order: { id: 'x' }, connectionId: 'local', report: { id: 'x' } }, [7, null]]],
  ['a URI', [vscode.Uri.file('/tmp/x')]],
];

describe('Commands on orders and reports', () => {
  let editor: Editor;
  let window: Window;
  let opened: string[];
  let clipboard: string;

  /** Runs a command as keybindings, menus and other extensions do. */
  const run = (id: string, ...args: readonly unknown[]) =>
    instead(vscode.env, { clipboard: { writeText: (text: string) => (clipboard = text) } }, async () =>
      vscode.commands.executeCommand(id, ...args),
    );

  const requests = (pattern: RegExp) => editor.log.filter((line) => pattern.test(line));

  /** All rows, on whatever level, whose context value matches. */
  async function rowsOf<T>(view: View, context: RegExp): Promise<readonly T[]> {
    const found = await view.findAll(context);
    assert.ok(found.length >= 2, `There are two rows ${context.source}.`);
    return found as readonly T[];
  }
  const orders = () => rowsOf<OrderRow>(window.orders, /^truework\.order\b/);
  const cancelable = () => rowsOf<OrderRow>(window.orders, /\bcancelable\b/);
  const reports = () => rowsOf<ReportRow>(window.orders, /^truework\.report\b/);
  const reverifiable = () => rowsOf<ReportRow>(window.orders, /\breverifiable\b/);

  const openedIds = (kind: string) =>
    opened.filter((uri) => uri.includes(`/${kind}/`)).map((uri) => path.basename(uri, '.json'));
  const orderIds = (rows: readonly OrderRow[]) => rows.map(({ order }) => encodeURIComponent(order.id));

  beforeEach(async () => {
    editor = new Editor();
    window = await editor.open();
    opened = [];
    clipboard = '';
    editor.onShown = (uri) => {
      opened.push(uri.toString());
    };
    await run('truework.startLocalSandbox');
    window.orders.show();
    await until('the orders to show', () => window.orders.rows.length > 2);
    editor.log.length = 0;
  });

  afterEach(async () => {
    await run('truework.stopLocalSandbox');
    editor.restore();
    assert.deepEqual(
      editor.log.filter((line) => line.includes('truework.')),
      [],
      'No command failed.',
    );
  });

  for (const [id, kind] of [
    ['truework.openOrder', 'orders'],
    ['truework.openOrderEvents', 'events'],
  ] as const) {
    describe(id, () => {
      it('opens the order of its row', async () => {
        const [, row] = await orders();
        assert.ok(row);
        await run(id, row);
        assert.deepEqual(openedIds(kind), orderIds([row]));
        assert.deepEqual(editor.unanswered, []);
      });

      it('opens the orders of a selection', async () => {
        const selected = (await orders()).slice(0, 2);
        await run(id, selected[1], selected);
        assert.deepEqual(openedIds(kind), orderIds(selected));
      });

      it('opens the orders that are selected in the view when called without arguments', async () => {
        const selected = (await orders()).slice(0, 2);
        window.orders.selection = selected;
        await run(id);
        assert.deepEqual(openedIds(kind), orderIds(selected));
        assert.deepEqual(editor.unanswered, []);
      });

      it('ignores the selection when called with a row outside of it', async () => {
        const [first, second, ...others] = await orders();
        await run(id, first, [second, ...others]);
        assert.ok(first);
        assert.deepEqual(openedIds(kind), orderIds([first]));
      });

      it('asks when called with neither, and opens the order that was picked', async () => {
        editor.rules = [[/Select an order$/, /^(?!Enter)/]];
        await run(id);
        assert.equal(openedIds(kind).length, 1);
      });

      it('asks for an ID, and opens that order', async () => {
        const [row] = await orders();
        assert.ok(row);
        editor.rules = [
          [/Select an order$/, 'Enter an Order ID…'],
          [/Order ID$/, row.order.id],
        ];
        await run(id);
        assert.deepEqual(openedIds(kind), orderIds([row]));
      });
    });
  }

  describe('truework.copyId', () => {
    it('copies the ID of its row, whatever kind of row', async () => {
      for (const [context, idOf] of [
        [/^truework\.order\b/, (row: unknown) => (row as OrderRow).order.id],
        [/^truework\.report\b/, (row: unknown) => (row as ReportRow).report.id],
        [
          /^truework\.verification\b/,
          (row: unknown) => (row as { readonly verification: { readonly id: string } }).verification.id,
        ],
      ] as const) {
        const row = await window.orders.find(context);
        await run('truework.copyId', row);
        assert.equal(clipboard, idOf(row));
      }
    });

    it('copies the IDs of a selection, one per line', async () => {
      const selected = (await orders()).slice(0, 2);
      await run('truework.copyId', selected[0], selected);
      assert.equal(clipboard, selected.map(({ order }) => order.id).join('\n'));
    });

    it('asks when called with neither, and copies the ID of the order that was picked', async () => {
      clipboard = 'before';
      editor.rules = [[/^Copy ID/, /./]];
      await run('truework.copyId');
      const all = (await orders()).map(({ order }) => order.id);
      assert.ok(all.includes(clipboard));
    });

    it('copies nothing when the question is dismissed', async () => {
      clipboard = 'before';
      await run('truework.copyId');
      assert.deepEqual(editor.unanswered, ['Copy ID | Select an order']);
      assert.equal(clipboard, 'before');
    });
  });

  describe('truework.openReport', () => {
    it('opens the report of its row, and the reports of a selection', async () => {
      const selected = (await reports()).slice(0, 2);
      const ids = selected.map(({ report }) => encodeURIComponent(report.id));
      await run('truework.openReport', selected[0]);
      assert.deepEqual(openedIds('reports'), ids.slice(0, 1));
      opened.length = 0;
      await run('truework.openReport', selected[0], selected);
      assert.deepEqual(openedIds('reports'), ids);
    });

    it('asks when called with neither, and opens the report that was picked', async () => {
      editor.rules = [[/^Open Report/, /./]];
      await run('truework.openReport');
      assert.equal(openedIds('reports').length, 1);
    });
  });

  describe('truework.downloadReportPdf', () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'truework-pdf-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    /** Runs a command for a user who chooses these file names, and then dismisses the dialog. */
    async function saving(names: readonly string[], ...args: readonly unknown[]): Promise<number> {
      const left = [...names];
      let dialogs = 0;
      const showSaveDialog = () => {
        dialogs += 1;
        const name = left.shift();
        return Promise.resolve(name === undefined ? undefined : vscode.Uri.file(path.join(folder, name)));
      };
      await instead(vscode.window, { showSaveDialog }, async () => run('truework.downloadReportPdf', ...args));
      return dialogs;
    }
    const isPdf = async (name: string) => (await readFile(path.join(folder, name), 'latin1')).startsWith('%PDF-');

    it('saves the report of its row, and the reports of a selection', async () => {
      const selected = (await reports()).slice(0, 2);
      await saving(['a.pdf'], selected[0]);
      await saving(['b.pdf', 'c.pdf'], selected[0], selected);
      for (const name of ['a.pdf', 'b.pdf', 'c.pdf']) assert.ok(await isPdf(name), name);
    });

    it('stops when the user dismisses the dialog for one of several', async () => {
      const selected = (await reports()).slice(0, 2);
      assert.equal(await saving([], selected[0], selected), 1);
      assert.deepEqual(requests(/reports/), []);
    });

    it('asks when called with neither, and saves the report that was picked', async () => {
      editor.rules = [[/^Download Report PDF/, /./]];
      await saving(['picked.pdf']);
      assert.ok(await isPdf('picked.pdf'));
    });
  });

  describe('truework.cancelOrder', () => {
    const canceled = () => requests(/^PUT \/orders\/.*\/cancel 200/).map((line) => line.split('/')[2]);

    it('cancels the order of its row', async () => {
      const [row] = await cancelable();
      assert.ok(row);
      editor.rules = cancelAnswers;
      await run('truework.cancelOrder', row);
      assert.deepEqual(canceled(), orderIds([row]));
    });

    it('cancels those of a selection that can be canceled, after one question', async () => {
      const selected = (await cancelable()).slice(0, 2);
      const finished = await window.orders.find(/^truework\.order$/);
      editor.rules = cancelAnswers;
      await run('truework.cancelOrder', selected[0], [...selected, finished]);
      assert.deepEqual(canceled(), orderIds(selected));
      assert.equal(editor.messages.filter(({ modal }) => modal).length, 1);
    });

    it('asks when called with neither, and cancels the order that was picked', async () => {
      editor.rules = [[/Select an order/, /./], ...cancelAnswers];
      await run('truework.cancelOrder');
      assert.equal(canceled().length, 1);
    });

    it('says so when nothing of a selection can be canceled', async () => {
      await run('truework.cancelOrder', await window.orders.find(/^truework\.order$/));
      assert.deepEqual(
        editor.messages.map(({ message }) => message),
        ['Nothing to cancel: all verification requests have ended.'],
      );
      assert.deepEqual(canceled(), []);
    });

    it('sends nothing when the question is dismissed', async () => {
      const [row] = await cancelable();
      await run('truework.cancelOrder', row);
      assert.equal(editor.unanswered.length, 1);
      assert.deepEqual(requests(/^PUT/), []);
    });
  });

  describe('truework.reverifyReport', () => {
    const reverified = () => requests(/^POST \/orders\/reverification 201/).length;

    it('reverifies the report of its row', async () => {
      const [row] = await reverifiable();
      editor.rules = [[/^Reverify/, 'Asynchronous']];
      await run('truework.reverifyReport', row);
      assert.equal(reverified(), 1);
    });

    it('reverifies the reports of a selection, after one question', async () => {
      const selected = (await reverifiable()).slice(0, 2);
      editor.rules = [[/^Reverify 2 Reports/, 'Asynchronous']];
      await run('truework.reverifyReport', selected[0], selected);
      assert.equal(reverified(), 2);
    });

    it('asks when called with neither, and reverifies the report that was picked', async () => {
      editor.rules = [
        [/Select a report/, /./],
        [/^Reverify Report/, 'Asynchronous'],
      ];
      await run('truework.reverifyReport');
      assert.equal(reverified(), 1);
    });

    it('sends nothing when the question is dismissed', async () => {
      const [row] = await reverifiable();
      await run('truework.reverifyReport', row);
      assert.equal(editor.unanswered.length, 1);
      assert.deepEqual(requests(/^POST/), []);
    });
  });

  describe('truework.createOrder', () => {
    it('creates an order from the answers of the wizard, and ignores rows', async () => {
      const [row] = await orders();
      editor.rules = newOrder;
      await run('truework.createOrder', row, [row]);
      assert.equal(requests(/^POST \/orders\/target-employer 201/).length, 1);
    });
  });

  describe('Commands on the list', () => {
    it('ignore rows, and send the requests that they are named after', async () => {
      const [row] = await orders();
      await run('truework.refreshOrders', row, [row]);
      assert.ok(requests(/^GET \/orders 200/).length > 0);
      editor.log.length = 0;
      await run('truework.loadMoreOrders', row, [row]);
      assert.deepEqual(requests(/./), [], 'There is one page.');
      await run('truework.groupOrdersByState', row, [row]);
      await until('groups', async () => (await window.orders.findAll(/^truework\.group$/)).length > 0);
      await run('truework.ungroupOrders', row, [row]);
      await until('no groups', async () => (await window.orders.findAll(/^truework\.group$/)).length === 0);
      await run('truework.filterOrders', row, [row]);
      assert.equal(editor.unanswered.length, 1);
      await run('truework.clearOrdersFilter', row, [row]);
    });
  });

  describe('truework.stopSearchingForOrder', () => {
    const applicants = ['Ann A.', 'Bob B.', 'Cem C.'];

    /** Another window, with orders whose responses were lost. @returns their rows */
    async function withLostOrders(): Promise<readonly unknown[]> {
      const profile = new Profile();
      profile.workspaceState.values.set(
        UNRESOLVED_ORDERS,
        applicants.map((applicant) => ({
          id: applicant,
          connectionId: 'local',
          connectionName: 'Local Sandbox',
          kind: 'employer-search',
          applicant,
          sentAt: Date.now(),
          fingerprint: applicant,
          state: 'lost',
        })),
      );
      window = await editor.open(profile);
      await run('truework.startLocalSandbox');
      window.orders.show();
      return until('the lost orders to show', async () => {
        const rows = await window.orders.findAll(/^truework\.unresolvedOrder$/);
        return rows.length === applicants.length && rows;
      });
    }

    /** @returns the applicants of the orders whose search continues */
    async function remaining(): Promise<readonly unknown[]> {
      await window.orders.reveal();
      const rows = await window.orders.findAll(/^truework\.unresolvedOrder$/);
      return Promise.all(rows.map(async (row) => (await window.orders.item(row)).label));
    }

    it('stops the search for the order of its row', async () => {
      const [first] = await withLostOrders();
      editor.rules = [[/^Stop searching for the order for Ann A\./, 'Stop Searching']];
      await run('truework.stopSearchingForOrder', first);
      assert.deepEqual(await remaining(), ['Bob B.', 'Cem C.']);
    });

    it('stops the search for the orders of a selection, after one question', async () => {
      const [first, , third] = await withLostOrders();
      editor.rules = [[/^Stop searching for 2 orders/, 'Stop Searching']];
      await run('truework.stopSearchingForOrder', third, [first, third]);
      assert.deepEqual(await remaining(), ['Bob B.']);
      assert.equal(editor.messages.length, 1);
    });

    it('asks when called with neither, and stops nothing when the question is dismissed', async () => {
      await withLostOrders();
      await run('truework.stopSearchingForOrder');
      assert.deepEqual(editor.unanswered, ['Stop Searching for Order']);
      assert.deepEqual(await remaining(), applicants);
      editor.rules = [
        [/^Stop Searching for Order/, 'Bob B.'],
        [/^Stop searching for the order for Bob B\./, 'Stop Searching'],
      ];
      await run('truework.stopSearchingForOrder');
      assert.deepEqual(await remaining(), ['Ann A.', 'Cem C.']);
    });

    it('says so when no search is running', async () => {
      await run('truework.stopSearchingForOrder');
      assert.deepEqual(
        editor.messages.map(({ message }) => message),
        ['No search for an order is running.'],
      );
    });
  });

  describe('Arguments that are not rows', () => {
    for (const [what, args] of garbage) {
      it(`make a command ask, as without arguments, when they are ${what}`, async () => {
        for (const id of [
          'truework.openOrder',
          'truework.openOrderEvents',
          'truework.openReport',
          'truework.downloadReportPdf',
          'truework.cancelOrder',
          'truework.reverifyReport',
          'truework.copyId',
        ]) {
          editor.unanswered.length = 0;
          assert.equal(await run(id, ...args), undefined);
          assert.equal(editor.unanswered.length, 1, id);
        }
        assert.deepEqual(requests(/^(POST|PUT)/), []);
        assert.deepEqual(opened, []);
      });
    }
  });
});
