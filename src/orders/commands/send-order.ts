import * as vscode from 'vscode';
import type { Connection, Connections, ProductionLock, Sessions } from '../../connections/index.ts';
import type { TrueworkApi } from '../../truework/client.ts';
import { isTrueworkError } from '../../truework/error-shape.ts';
import type { Order } from '../../truework/schemas/order.ts';
import { age } from '../../ui/age.ts';
import { confirm, showInformation, showStatus, showWarning, withProgress } from '../../ui/show.ts';
import { openOrderDocument } from '../notifications.ts';
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
  /** The title of the progress while the request is in flight. */
  readonly title: string;
}

/**
 * Sends a request that creates an order, at most once, and tells the user the result once the progress has ended.
 * @returns undefined if nothing was sent because the user decided so
 * @throws TrueworkError if the order was certainly not created
 */
export async function sendAndReport(
  { connections, sessions, lock, store, view, sender }: SendDeps,
  { connection, outgoing, post, title }: NewOrder,
): Promise<Statement | undefined> {
  // It may have been locked while the wizard was open.
  if (!(await lock.ensureUnlocked(connection))) return undefined;
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
    if (outgoing.draftId !== undefined) showStatus(vscode.l10n.t('The draft was saved. Create Order offers it again.'));
    // The client was closed; the user did not cancel.
    if (isTrueworkError(error) && error.kind === 'canceled' && !wasCanceled()) {
      throw new Error(
        vscode.l10n.t(
          'The order was not sent because the connection "{0}" changed in the meantime. Create it again.',
          connectionName,
        ),
        { cause: error },
      );
    }
    throw error;
  }
  switch (statement?.kind) {
    case undefined:
      break;
    case 'unresolved':
      void showUnresolved(statement.entry, connection, statement.canceled);
      break;
    case 'found-instead':
      void showInformation(
        vscode.l10n.t(
          'Nothing was sent: the order for {0} has been found in "{1}".',
          statement.entry.applicant,
          connectionName,
        ),
      );
      break;
    case 'created': {
      const { entry, order } = statement;
      if (connections.current?.id === connectionId) {
        store.created(order);
        await view.reveal(order.id);
      } else void showCreated(entry, order, connectionName);
    }
  }
  return statement;
}

/** An order is sent again only if the user says so, knowing what is known about the earlier one. */
async function confirmAgain(earlier: readonly UnresolvedOrder[], connection: Connection): Promise<boolean> {
  const entry = earlier.find(({ state }) => state === 'found') ?? earlier.at(-1);
  if (!entry) return true;
  const [applicant, alias, sent] = [entry.applicant, connection.alias, age(new Date(entry.sentAt), 'long')];
  const [question, detail] =
    entry.state === 'found'
      ? [
          vscode.l10n.t(
            'The order for {0} sent {2} already exists in "{1}". Create another one?',
            applicant,
            alias,
            sent,
          ),
          vscode.l10n.t('Its response was lost, and it was found later. Sending it again creates a second order.'),
        ]
      : [
          vscode.l10n.t(
            'It is not known yet whether the order for {0} sent {2} was created in "{1}". Send it again?',
            applicant,
            alias,
            sent,
          ),
          vscode.l10n.t(
            'Its response was lost or has not arrived yet. Truework may still be processing it, so sending it again may create a second order.',
          ),
        ];
  const send = vscode.l10n.t('Send Anyway');
  // Enter chooses the first one.
  return (await confirm(question, detail, vscode.l10n.t("Don't Send"), send)) === send;
}

async function showUnresolved({ applicant }: UnresolvedOrder, { alias }: Connection, canceled: boolean): Promise<void> {
  await showWarning(
    canceled
      ? vscode.l10n.t(
          'You canceled after the request had been sent. It is not known yet whether the order for {0} was created in "{1}". A search for it runs in the background; do not create it again in the meantime.',
          applicant,
          alias,
        )
      : vscode.l10n.t(
          'The response was lost. It is not known yet whether the order for {0} was created in "{1}". A search for it runs in the background; do not create it again in the meantime.',
          applicant,
          alias,
        ),
  );
}

/** For an order that the user does not see appear in the view: of another connection, or found later. */
export async function showCreated(
  { applicant, connectionId, state }: UnresolvedOrder,
  order: Order,
  alias: string,
): Promise<void> {
  const open = vscode.l10n.t('Open Order');
  const answer = await showInformation(
    state === 'found'
      ? vscode.l10n.t(
          'The order for {0} was created in "{1}". Its response was lost, and the order was found later.',
          applicant,
          alias,
        )
      : vscode.l10n.t('The order for {0} was created in "{1}".', applicant, alias),
    open,
  );
  if (answer === open) await openOrderDocument(connectionId, order.id);
}
