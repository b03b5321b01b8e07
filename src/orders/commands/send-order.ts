import * as vscode from 'vscode';
import type { Connection, Connections, ProductionLock, Sessions } from '../../connections/index.ts';
import type { TrueworkApi } from '../../truework/client.ts';
import { isTrueworkError } from '../../truework/error-shape.ts';
import type { Order } from '../../truework/schemas/order.ts';
import { age } from '../../ui/age.ts';
import { Documents } from '../../documents/index.ts';
import { confirm, showInformation, showStatus, showWarning, withProgress } from '../../ui/show.ts';
import type { OrdersView } from '../orders-view.ts';
import type { OrderSender } from '../sending/order-sender.ts';
import { sendOrder, type Statement } from '../sending/send-order.ts';
import type { OutgoingOrder, UnresolvedOrder } from '../sending/unresolved-orders.ts';
import type { OrderStore } from '../store.ts';

export interface SendDeps {
  readonly connections: Connections;
  readonly sessions: Sessions;
  readonly lock: ProductionLock;
  readonly store: OrderStore;
  readonly view: OrdersView;
  readonly sender: OrderSender;
}

export interface NewOrder {
  readonly connection: Connection;
  readonly outgoing: Omit<OutgoingOrder, 'connectionId' | 'connectionName' | 'volatile'>;
  readonly post: (api: TrueworkApi, signal: AbortSignal) => Promise<Order>;
  /** Of the progress, while the request is under way. */
  readonly title: string;
}

/**
 * Sends what makes a new order, at most once, and reports what is known of it once the progress has ended.
 * @throws TrueworkError when the order was certainly not created
 */
export async function sendAndReport(
  { connections, sessions, lock, store, view, sender }: SendDeps,
  { connection, outgoing, post, title }: NewOrder,
): Promise<void> {
  // It may have been locked while the wizard was open.
  if (!(await lock.ensureUnlocked(connection))) return;
  const { api } = await sessions.of(connection);
  const { id: connectionId, alias: connectionName, local } = connection;
  let canceled = false;
  const wasCanceled = () => canceled;
  let statement: Statement | undefined;
  try {
    statement = await sendOrder(
      sender,
      {
        confirmAgain: (earlier) => confirmAgain(earlier, connection),
        progress: (task) =>
          withProgress(
            { location: vscode.ProgressLocation.Notification, title, cancellable: true },
            (_report, signal) => {
              signal.addEventListener('abort', () => {
                canceled = true;
              });
              return task(signal);
            },
          ),
      },
      { api, outgoing: { ...outgoing, connectionId, connectionName, ...(local && { volatile: true }) }, post },
    );
  } catch (error) {
    if (outgoing.draftId !== undefined) showStatus(vscode.l10n.t('The draft is kept: Create Order offers it again.'));
    // The client was closed, which is no wish of the user's to end the request.
    if (isTrueworkError(error) && error.kind === 'canceled' && !wasCanceled()) {
      throw new Error(
        vscode.l10n.t(
          'The order was not sent, because the connection "{0}" was changed meanwhile. Create it again.',
          connectionName,
        ),
        { cause: error },
      );
    }
    throw error;
  }
  switch (statement?.kind) {
    case undefined:
      return;
    case 'unresolved':
      void showUnresolved(statement.entry, connection, statement.canceled);
      return;
    case 'found-instead':
      void showInformation(
        vscode.l10n.t(
          'Nothing was sent: the order for {0} was found in "{1}" meanwhile.',
          statement.entry.applicant,
          connectionName,
        ),
      );
      return;
    case 'created': {
      const { entry, order } = statement;
      if (connections.current?.id !== connectionId) {
        void showCreated(entry, order, connectionName);
        return;
      }
      store.created(order);
      await view.reveal(order.id);
    }
  }
}

/** Never sent again unless the user says so, knowing what is known. */
async function confirmAgain(earlier: readonly UnresolvedOrder[], connection: Connection): Promise<boolean> {
  const entry = earlier.find(({ state }) => state === 'found') ?? earlier.at(-1);
  if (!entry) return true;
  const [applicant, alias, sent] = [entry.applicant, connection.alias, age(new Date(entry.sentAt), 'long')];
  const [question, detail] =
    entry.state === 'found'
      ? [
          vscode.l10n.t(
            'The order for {0} that was sent {2} is in "{1}" already. Create another one?',
            applicant,
            alias,
            sent,
          ),
          vscode.l10n.t('Its response had been lost, and it was found later. Sending it again creates a second order.'),
        ]
      : [
          vscode.l10n.t(
            'It is not known yet whether the order for {0} that was sent {2} was created in "{1}". Send it again?',
            applicant,
            alias,
            sent,
          ),
          vscode.l10n.t(
            'Its response has not arrived or was lost. Truework may still be working on it: sending it again may create a second order.',
          ),
        ];
  const send = vscode.l10n.t('Send Anyway');
  // The first one is what Enter chooses.
  return (await confirm(question, detail, vscode.l10n.t("Don't Send"), send)) === send;
}

async function showUnresolved({ applicant }: UnresolvedOrder, { alias }: Connection, canceled: boolean): Promise<void> {
  await showWarning(
    canceled
      ? vscode.l10n.t(
          'You canceled after the request had been sent. It is not known yet whether the order for {0} was created in "{1}". It is looked for in the background; do not create it again meanwhile.',
          applicant,
          alias,
        )
      : vscode.l10n.t(
          'The response was lost. It is not known yet whether the order for {0} was created in "{1}". It is looked for in the background; do not create it again meanwhile.',
          applicant,
          alias,
        ),
  );
}

/** For an order that does not appear before the user's eyes: of another connection, or found later. */
export async function showCreated(
  { applicant, connectionId, state }: UnresolvedOrder,
  order: Order,
  alias: string,
): Promise<void> {
  const open = vscode.l10n.t('Open Order');
  const answer = await showInformation(
    state === 'found'
      ? vscode.l10n.t(
          'The order for {0} was created in "{1}": it was found after its response had been lost.',
          applicant,
          alias,
        )
      : vscode.l10n.t('The order for {0} was created in "{1}".', applicant, alias),
    open,
  );
  if (answer === open)
    await vscode.commands.executeCommand('vscode.open', Documents.uri(connectionId, 'orders', order.id), {
      preview: true,
    });
}
